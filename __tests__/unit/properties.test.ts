import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { type Lab, startLab } from '../../lab/lab.ts';
import { tokenVariables } from '../../lab/runner-variables.ts';
import { assumeRoles } from '../../src/actions/assume-roles.ts';
import { runAction } from '../../src/actions/shell.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Host } from '../../src/platform/host/host.ts';
import { sendHttp } from '../../src/platform/http/http.ts';
import type { Runner } from '../../src/platform/runner/runner.ts';
import { times } from '../support/soak.ts';

let lab: Lab;
let folder: string;
beforeAll(async () => {
  lab = await startLab();
  folder = await mkdtemp(path.join(os.tmpdir(), 'properties-'));
  for (const name of ['env', 'output', 'state']) await writeFile(path.join(folder, name), '');
});
afterAll(async () => {
  await lab.close();
  await rm(folder, { recursive: true });
});

/** A run in this process, with the real pipeline, SDK and lab; only the runner is written down instead of called. */
async function runWith(inputs: Readonly<Record<string, string>>) {
  const variables: [string, string][] = [];
  const outputs: [string, string][] = [];
  const failures: string[] = [];
  const logged: string[] = [];
  const nothing = () => {};
  const runner: Runner = {
    input: (name) => inputs[name] ?? '',
    mask: nothing,
    exportVariable: (...variable) => void variables.push(variable),
    setOutput: (...output) => void outputs.push(output),
    saveState: nothing,
    state: () => '',
    fail: (message) => void failures.push(message),
    debug: nothing,
    info: (message) => void logged.push(message),
    warning: nothing,
    group: nothing,
    summary: nothing,
    annotate: nothing,
  };
  const host: Host = {
    runner,
    env: {
      ...tokenVariables(lab),
      AWS_ENDPOINT_URL_STS: lab.sts.url,
      AWS_CONFIG_FILE: path.join(folder, 'aws/config'),
      AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'aws/credentials'),
      GITHUB_ENV: path.join(folder, 'env'),
      GITHUB_OUTPUT: path.join(folder, 'output'),
      GITHUB_STATE: path.join(folder, 'state'),
      GITHUB_REPOSITORY: 'octo-org/octo-app',
      GITHUB_RUN_ID: '42',
      GITHUB_WORKSPACE: folder,
    },
    // The waits between tries cost nothing here; the deadline is the real one.
    clock: { now: Date.now, sleep: (ms, signal) => systemClock.sleep(ms < 10_000 ? 1 : ms, signal) },
    random: () => 0,
    http: sendHttp,
    cancellation: new AbortController().signal,
    setExitCode: nothing,
    node: process.execPath,
    programs: 'dist',
    readJson: async () => ({}),
  };
  const before = lab.traffic.requests.length;
  await runAction(host, assumeRoles);
  return { variables, outputs, failures, logged, requests: lab.traffic.requests.slice(before) };
}

const action = parse(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, unknown> };

/** Not drawn: they lead off this machine, or into waiting, by design. */
const LEFT_OUT = new Set([
  'sts-endpoint',
  'http-proxy',
  'action-timeout-s',
  'auth',
  'role-chaining',
  'force-skip-oidc',
]);
const NAMES = Object.keys(action.inputs).filter((name) => !LEFT_OUT.has(name));

/** Text that is nearly right, or nothing like it. */
const nasty = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    'max',
    '900',
    '3600',
    '0',
    '120',
    'none',
    'eu-west-1',
    'eu-west-1\nAWS_PROFILE=x',
    'arn:aws:iam::111111111111:role/deploy',
    'arn:aws:iam::111111111111:role/deploy-hub',
    'arn:aws:iam::222222222222:role/deploy',
    'arn:aws:iam::111111111111:role/de ploy',
    '[profile a]\nrole_arn = arn:aws:iam::111111111111:role/deploy\n[profile b]\nsource_profile = a',
    '[profile a]\nrole_arn = arn:aws:iam::111111111111:role/deploy\noutput = json',
    'a',
    'deploy',
    '111111111111',
    '{"Version":"2012-10-17","Statement":[]}',
    '{"a":"b"}',
    '[{"Key":"a","Value":"b"}]',
    'a\r\nb',
    '::error::x',
    'x<<EOF',
    '\u2028',
    '%0A',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 300 }),
  fc.stringMatching(/^[\w+=,.@:/-]{0,80}$/),
);

const someInputs = fc.dictionary(fc.constantFrom(...NAMES), nasty, { maxKeys: 3 });

test('any input ends in a session or a known error, and nothing invalid leaves', async () => {
  let sent = 0;
  let delivered = 0;
  await fc.assert(
    fc.asyncProperty(someInputs, fc.boolean(), async (drawn, complete) => {
      const base = complete
        ? { 'aws-region': 'eu-west-1', 'role-to-assume': 'arn:aws:iam::111111111111:role/deploy' }
        : {};
      const { variables, outputs, failures, requests } = await runWith({ ...drawn, ...base });

      expect(failures.filter((message) => message.includes('[INTERNAL]'))).toEqual([]);
      expect(failures.length).toBeLessThanOrEqual(1);
      // The receipt says why a step failed, too.
      const others = outputs.filter(([name]) => name !== 'receipt');
      if (failures.length > 0) expect({ variables, others }).toEqual({ variables: [], others: [] });
      for (const [name, value] of [...variables, ...outputs])
        expect(`${name}=${value}`).not.toMatch(/[\r\n]/);
      for (const { errorCode, parameters } of requests) {
        // What STS itself calls invalid must not have been sent; how long a role allows, only STS knows.
        if (errorCode === 'ValidationError') expect(Number(parameters.DurationSeconds)).toBeGreaterThan(3600);
      }
      sent += requests.length;
      delivered += others.length > 0 ? 1 : 0;
    }),
    { numRuns: times(400, 2000) },
  );
  // Or the property would hold because nothing ever got so far.
  expect(sent).toBeGreaterThan(times(75, 500));
  expect(delivered).toBeGreaterThan(times(15, 100));
}, 300_000);
