import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const { inputs, outputs } = parse(readFileSync('action.yml', 'utf8')) as Record<
  string,
  Record<string, { description: string }>
>;
const names = [...Object.keys(inputs ?? {}), ...Object.keys(outputs ?? {})];
const tests = readdirSync('__tests__/e2e')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(`__tests__/e2e/${file}`, 'utf8'))
  .join('\n');

/** DESIGN of the drop-in: `aws-actions/configure-aws-credentials` v6. */
const PEER =
  `aws-region role-to-assume aws-access-key-id aws-secret-access-key aws-session-token web-identity-token-file
role-chaining audience http-proxy no-proxy mask-aws-account-id role-duration-seconds role-external-id role-session-name
role-skip-session-tagging transitive-tag-keys inline-session-policy managed-session-policies output-credentials
output-env-credentials unset-current-credentials disable-retry retry-max-attempts special-characters-workaround
use-existing-credentials allowed-account-ids force-skip-oidc action-timeout-s custom-tags sts-endpoint aws-profile
overwrite-aws-profile translate-env-variables`.split(/\s+/);

test('every input of the peer is there', () => {
  expect(PEER.filter((name) => !names.includes(name))).toEqual([]);
});

describe('each input and output', () => {
  test.each(names)('%s is met by an end-to-end test', (name) => {
    expect(tests).toMatch(new RegExp(`['"]${name}['"]|\\b${name}: `));
  });

  test.each(names)('%s is described in a sentence', (name) => {
    expect((inputs?.[name] ?? outputs?.[name])?.description).toMatch(/^[A-Z].*\.$/);
  });
});

test('no input has a default in action.yml, where it would hide the variable that supplies it', () => {
  const { 'github-token': _, ...others } = inputs ?? {};
  expect(JSON.stringify(others)).not.toContain('"default":');
});
