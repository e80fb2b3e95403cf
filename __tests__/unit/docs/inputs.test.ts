import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { describeInput, METADATA_DEFAULTS } from '../../../scripts/input-descriptions.ts';
import {
  type Action,
  type Input,
  type InputName,
  inputEntries,
  isInputOf,
} from '../../../src/config/inputs.ts';
import { unusedIn } from '../../support/input-coverage.ts';

interface Metadata {
  inputs?: Record<string, { description: string; required: boolean; default?: string }>;
  outputs?: Record<string, { description: string }>;
}

const FILES: Readonly<Record<Action, string>> = {
  main: 'action.yml',
  exec: 'exec/action.yml',
  matrix: 'matrix/action.yml',
  audit: 'audit/action.yml',
};
const metadataOf = (file: string) => parse(readFileSync(file, 'utf8')) as Metadata;
const { inputs = {}, outputs = {} } = metadataOf('action.yml');
const names = [...Object.keys(inputs), ...Object.keys(outputs)];

/** The inputs of `aws-actions/configure-aws-credentials` v6 that have a variable of their own here. */
const FROM_VARIABLES = `aws-region role-to-assume web-identity-token-file
role-chaining audience mask-aws-account-id role-duration-seconds role-external-id role-session-name
role-skip-session-tagging transitive-tag-keys inline-session-policy managed-session-policies output-credentials
output-env-credentials unset-current-credentials disable-retry retry-max-attempts special-characters-workaround
use-existing-credentials allowed-account-ids force-skip-oidc action-timeout-s custom-tags sts-endpoint
overwrite-aws-profile`.split(/\s+/);

/** Its other inputs: the variables of these names are those of the AWS SDKs or of proxies. */
const NOT_FROM_VARIABLES =
  `aws-access-key-id aws-secret-access-key aws-session-token aws-profile http-proxy no-proxy
translate-env-variables`.split(/\s+/);

test('every input of configure-aws-credentials is there', () => {
  expect([...FROM_VARIABLES, ...NOT_FROM_VARIABLES].filter((name) => !names.includes(name))).toEqual([]);
});

test('variables supply the inputs of configure-aws-credentials, except those with names of other variables', () => {
  const supplied = inputEntries().flatMap(([name, { variable }]) => (variable ? [name] : []));
  expect(supplied.toSorted()).toEqual(FROM_VARIABLES.toSorted());
});

describe.each(Object.entries(FILES) as [Action, string][])('the inputs of %s', (action, file) => {
  const found = metadataOf(file).inputs ?? {};
  const wanted = inputEntries().flatMap(([name]) => (isInputOf(name, action) ? [name] : []));

  test('are those of the table', () => {
    expect(Object.keys(found)).toEqual(wanted);
  });

  test.each(wanted)('%s is described in at most two sentences, the default last', (name) => {
    const sentences = describeInput(name, action).split(/(?<=[^.]\.) (?=[A-Z])/);
    expect(found[name]?.description).toBe(sentences.join(' '));
    expect(sentences.length).toBeLessThanOrEqual(2);
    expect(sentences.slice(0, -1).join(' ')).not.toContain('The default');
  });

  test('have no default in the metadata, which would hide the variable that supplies an input', () => {
    const defaults = Object.entries(found).flatMap(([name, { default: text }]) =>
      text ? [[name, text]] : [],
    );
    const own = Object.entries(METADATA_DEFAULTS).filter(([name]) => isInputOf(name as InputName, action));
    expect(defaults).toEqual(own);
    const table: Readonly<Record<string, Input>> = Object.fromEntries(inputEntries());
    for (const [name = ''] of defaults) expect(table[name]?.variable).toBeUndefined();
  });
});

describe('each input and output', () => {
  test.each(names)('%s is described in a sentence', (name) => {
    expect((inputs[name] ?? outputs[name])?.description).toMatch(/^[A-Z].*\.$/);
  });
});

test('a description has the default of the table', () => {
  expect(describeInput('max-parallel', 'main')).toMatch(/ The default is `100`\.$/);
  expect(describeInput('dry-run', 'exec')).toMatch(/ The default is `false`\.$/);
  expect(describeInput('select-profiles', 'matrix')).not.toBe(describeInput('select-profiles', 'main'));
});

test('a complete run of the end-to-end tests has to use each of them', () => {
  const all = unusedIn('');
  expect(all).toEqual(
    expect.arrayContaining([
      'input aws-region',
      'input shell',
      'output profiles of main',
      'output matrix of matrix',
    ]),
  );
  expect(unusedIn('input exec aws-region\noutput . profiles\n')).toEqual(
    all.filter((name) => name !== 'input aws-region' && name !== 'output profiles of main'),
  );
});
