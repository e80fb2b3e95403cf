import { spawn } from 'node:child_process';
import { readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ACTION_NODE, inputVariables } from '../../lab/job.ts';
import { DEPLOY, errorOf, HUB, MINIMAL, SPOKE, withJob } from '../support/harness.ts';

const WHOAMI = path.join(import.meta.dirname, '../../lab/whoami.ts');
const NODE_WHOAMI = `"${ACTION_NODE}" "${WHOAMI}"`;
const PROFILES = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\nregion = us-east-1\n`;

/** Symbolic links need a privilege on Windows. */
const posix = process.platform === 'win32' ? test.skip : test;

describe('exec', () => {
  test.each(['bash', 'sh', 'none'])(
    'runs a command by %s with the credentials, and the job gets nothing',
    (shell) =>
      withJob({}, async ({ lab, job, uses }) => {
        const env = { AWS_ENDPOINT_URL_STS: lab.sts.url, AWS_PROFILE: 'nobody' };
        const step = await uses({ ...MINIMAL, run: NODE_WHOAMI, shell }, { action: 'exec', env });
        expect(step.stdout).toContain(
          '"Arn": "arn:aws:sts::111111111111:assumed-role/deploy/octo-org.octo-app-42"',
        );
        expect(step.stdout).toContain('"Region": "eu-west-1"');
        expect({ ...step.environment, ...step.outputs }).toEqual({});
        // For a post step, should the job be cancelled.
        expect(Object.keys(step.state)).toEqual(['exec-folder']);
        expect((await readdir(job.temp)).filter((name) => !name.startsWith('step-'))).toEqual([]);
      }),
  );

  test('passes the exit code on', () =>
    withJob({}, async ({ uses }) => {
      expect((await uses({ ...MINIMAL, run: 'false || exit 42' }, { action: 'exec' })).exitCode).toBe(42);
      expect((await uses({ ...MINIMAL, run: 'false\necho not reached' }, { action: 'exec' })).exitCode).toBe(
        1,
      );
      expect((await uses({ ...MINIMAL, run: 'kill -KILL $$' }, { action: 'exec' })).exitCode).toBe(137);
    }));

  test.each(['SIGINT', 'SIGTERM'] as const)('forwards %s to the command', (signal) =>
    withJob({}, async ({ lab, job }) => {
      const program = path.join(job.workspace, 'wait.mjs');
      await writeFile(
        program,
        `process.on('${signal}', () => { console.log('got it'); process.exit(9); }); setInterval(() => {}, 1000); console.log('ready');`,
      );
      const run = `"${ACTION_NODE}" "${program}"`;
      const inputs = { ...MINIMAL, 'sts-endpoint': lab.sts.url, shell: 'none', run };
      const env = inputVariables(inputs);
      const child = spawn(ACTION_NODE, [path.resolve('dist/exec/index.js')], {
        env: { ...job.environment, ...env },
      });
      let output = '';
      let sent = false;
      child.stdout.on('data', (chunk) => {
        output += chunk;
        if (!sent && /^ready$/m.test(output)) sent = child.kill(signal);
      });
      expect(await new Promise((resolve) => child.on('close', resolve))).toBe(9);
      expect(output).toContain('got it');
    }),
  );

  test('gives the command no inputs, and no credentials of the job', () =>
    withJob({}, async ({ uses }) => {
      const program = 'console.log(Object.keys(process.env).sort().join("\\n"))';
      const inputs = {
        ...MINIMAL,
        'github-token': 'ghs_x',
        shell: 'none',
        run: `"${ACTION_NODE}" -e '${program}'`,
      };
      const env = { AWS_ACCESS_KEY_ID: 'AKIAOLD', AWS_SECRET_ACCESS_KEY: 'old', AWS_PROFILE: 'theirs' };
      const step = await uses(inputs, { action: 'exec', env });
      const names = step.stdout.split('\n');
      expect(names).toContain('AWS_SESSION_TOKEN');
      expect(names.filter((name) => /^(INPUT_|STATE_)|^AWS_PROFILE$/.test(name))).toEqual([]);
    }));

  test('with profiles gives the command files that only it knows of', () =>
    withJob({}, async ({ lab, job, uses }) => {
      const inputs = { 'aws-region': 'eu-west-1', profiles: PROFILES, run: `AWS_PROFILE=dev ${NODE_WHOAMI}` };
      const step = await uses(inputs, { action: 'exec', env: { AWS_ENDPOINT_URL_STS: lab.sts.url } });
      expect(step.stdout).toContain('assumed-role/deploy/');
      expect(await readdir(job.home)).toEqual([]);
    }));

  test('starts nothing when a guard fails, or the program is not there', () =>
    withJob({}, async ({ uses }) => {
      const guarded = await uses(
        { ...MINIMAL, run: 'echo STARTED', 'allowed-account-ids': '999999999999' },
        { action: 'exec' },
      );
      expect(errorOf(guarded)).toContain('[ACCOUNT_NOT_ALLOWED]');
      expect(guarded.stdout).not.toContain('STARTED');
      const missing = await uses({ ...MINIMAL, run: 'no-such-program', shell: 'none' }, { action: 'exec' });
      expect(errorOf(missing)).toContain('[COMMAND_NOT_STARTED]');
      expect(
        errorOf(await uses({ ...MINIMAL, run: 'echo "open', shell: 'none' }, { action: 'exec' })),
      ).toContain('a quote that does not end');
    }));
});

describe('matrix', () => {
  test('lists profiles for strategy.matrix, and asks nobody', () =>
    withJob({ idToken: false }, async ({ lab, job, uses }) => {
      await writeFile(path.join(job.workspace, 'accounts.ini'), PROFILES);
      const step = await uses(
        { 'profiles-file': 'accounts.ini', 'aws-region': 'eu-west-1' },
        { action: 'matrix' },
      );
      expect(JSON.parse(step.outputs.matrix ?? '')).toEqual({
        include: [{ name: 'dev', account: '222222222222', region: 'us-east-1', role: SPOKE }],
      });
      expect(step.outputs.names).toBe('["dev"]');
      expect(lab.traffic.requests).toEqual([]);
    }));

  test('in waves: those that canary names, and the others', () =>
    withJob({}, async ({ uses }) => {
      const wavesOf = async (canary: string) => {
        const inputs = { profiles: PROFILES, 'select-profiles': 'hub dev', canary };
        const { outputs } = await uses(inputs, { action: 'matrix' });
        const namesIn = (json = '') =>
          json === '' ? json : JSON.parse(json).include.map(({ name }: { name: string }) => name);
        return [namesIn(outputs.canary), namesIn(outputs.rest)];
      };
      expect(await wavesOf('')).toEqual(['', ['hub', 'dev']]);
      expect(await wavesOf('d*')).toEqual([['dev'], ['hub']]);
      expect(await wavesOf('hub dev')).toEqual([['hub', 'dev'], '']);
      const wrong = await uses({ profiles: PROFILES, canary: 'hub' }, { action: 'matrix' });
      expect(errorOf(wrong)).toMatch(/The input canary is not valid[\s\S]*hub/);
    }));

  test('of selected profiles; of unknown ones and of none an error', () =>
    withJob({}, async ({ uses }) => {
      const namesOf = async (selection: string) =>
        (await uses({ profiles: PROFILES, 'select-profiles': selection }, { action: 'matrix' })).outputs
          .names;
      expect(await namesOf('dev')).toBe('["dev"]');
      expect(await namesOf('d*')).toBe('["dev"]');
      // Only its name selects a profile that leads on.
      expect(await namesOf('*')).toBe('["dev"]');
      expect(await namesOf('hub dev')).toBe('["hub","dev"]');
      expect(
        errorOf(await uses({ profiles: PROFILES, 'select-profiles': '!d*' }, { action: 'matrix' })),
      ).toContain('!d*, which selects no profile');
      expect(
        errorOf(await uses({ profiles: PROFILES, 'select-profiles': 'x' }, { action: 'matrix' })),
      ).toContain('select-profiles');
      expect(errorOf(await uses({}, { action: 'matrix' }))).toContain('profiles-file');
    }));
});

describe('logout', () => {
  posix('removes all that it can when one file refuses, then fails; the next one removes the rest', () =>
    withJob({}, async ({ job, uses }) => {
      const [refused, other] = [path.join(job.workspace, 'refused'), path.join(job.workspace, 'other')];
      const filesIn = (folder: string) => ({
        AWS_CONFIG_FILE: path.join(folder, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials'),
      });
      const dev = { ...MINIMAL, 'role-to-assume': DEPLOY, 'aws-profile': 'dev' };
      await uses(dev, { env: filesIn(other) });
      await uses({ ...MINIMAL, 'role-to-assume': DEPLOY });
      await uses(dev, { env: filesIn(refused) });
      const credentials = path.join(refused, 'credentials');
      await rename(credentials, `${credentials}.away`);
      await symlink(`${credentials}.away`, credentials);

      const step = await uses({}, { action: 'logout' });
      expect(errorOf(step)).toContain('[PROFILE_FILE_REFUSED]');
      expect(job.environment).toMatchObject({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
      expect(await readdir(job.workspace)).not.toContain('other');

      await rm(credentials);
      await rename(`${credentials}.away`, credentials);
      expect((await uses({}, { action: 'logout' })).exitCode).toBe(0);
      expect(await readdir(job.workspace)).not.toContain('refused');
    }),
  );

  test('takes everything back at once; the post steps after it do no harm', () =>
    withJob(
      {
        env: {
          AWS_REGION: 'us-west-2',
          AWS_ACCESS_KEY_ID: 'AKIAOLD',
          AWS_SECRET_ACCESS_KEY: 'an old secret',
        },
      },
      async ({ job, uses, finish }) => {
        await uses({ ...MINIMAL, 'role-to-assume': DEPLOY });
        await uses({ 'aws-region': 'eu-central-1', profiles: PROFILES, 'default-profile': 'dev' });
        const ledger = await readFile(path.join(job.temp, 'assume-aws-roles/delivered.jsonl'), 'utf8');
        expect(ledger).not.toContain('an old secret');

        const step = await uses({}, { action: 'logout' });
        expect(step.environment).toEqual({
          AWS_REGION: 'us-west-2',
          AWS_DEFAULT_REGION: 'us-west-2',
          AWS_PROFILE: 'default',
        });
        expect(job.environment).toMatchObject({
          AWS_ACCESS_KEY_ID: '',
          AWS_SECRET_ACCESS_KEY: '',
          AWS_SESSION_TOKEN: '',
        });
        expect(await readdir(path.join(job.home, '.aws'))).toEqual(['config']);
        expect(await readFile(path.join(job.home, '.aws/config'), 'utf8')).toMatch(
          /^# >>> .*\n\[default\]\n# <<< .*\n$/,
        );
        expect((await uses({}, { action: 'logout' })).log).toContain('Nothing to log out of');
        await finish();
        expect(await readdir(job.home)).toEqual([]);
        expect(job.environment).toMatchObject({
          AWS_REGION: 'us-west-2',
          AWS_SECRET_ACCESS_KEY: 'an old secret',
        });
      },
    ));
});
