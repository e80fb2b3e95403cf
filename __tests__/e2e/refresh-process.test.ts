import { spawn } from 'node:child_process';
import { chmod, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { awsTrust, defaultWorld } from '../../lab/world.ts';
import { DEPLOY, errorOf, HUB, MINIMAL, NO_TRACES, SPOKE, traces, withJob } from '../support/harness.ts';
import {
  ACTION_NODE,
  askProcess,
  cacheOf,
  credentialProcessLine,
  expire,
  makeDue,
  refreshFolder,
  until,
} from '../support/refresh.ts';
import { times } from '../support/soak.ts';

const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE, refresh: 'process' };
const PROFILES = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\nregion = us-east-1\n`;
const away = { server: 'sts', kind: { name: 'status', status: 503 }, times: 1000 } as const;

describe('what later steps get', () => {
  test('a profile, no keys, and the step as it was after the post step', () =>
    withJob({ env: { AWS_ACCESS_KEY_ID: 'AKIAOLD', AWS_SECRET_ACCESS_KEY: 'old' } }, async (context) => {
      const { job, uses, finish } = context;
      const step = await uses(CHAIN);
      expect(step.environment).toEqual({
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_PROFILE: expect.stringMatching(/^assume-aws-roles-[0-9a-f]{12}$/),
        AWS_REGION: 'eu-west-1',
        AWS_DEFAULT_REGION: 'eu-west-1',
      });
      expect(step.outputs['aws-account-id']).toBe('222222222222');
      const config = await readFile(path.join(job.home, '.aws/config'), 'utf8');
      expect(config).toContain(
        `[profile ${step.environment.AWS_PROFILE}]\nregion = eu-west-1\ncredential_process = `,
      );
      await finish();
      expect(await readdir(job.home)).toEqual([]);
      expect((await readdir(job.temp)).filter((name) => !name.startsWith('step-'))).toEqual([]);
      expect(job.environment).toMatchObject({
        AWS_ACCESS_KEY_ID: 'AKIAOLD',
        AWS_SECRET_ACCESS_KEY: 'old',
        AWS_PROFILE: '',
      });
    }));

  test('every profile of a graph, under its own name and region', () =>
    withJob({}, async (context) => {
      const step = await context.uses({ 'aws-region': 'eu-west-1', profiles: PROFILES, refresh: 'process' });
      expect(step.environment).not.toHaveProperty('AWS_PROFILE');
      const config = await readFile(path.join(context.job.home, '.aws/config'), 'utf8');
      expect(config).toMatch(
        /\[profile hub\]\nregion = eu-west-1\ncredential_process = .* --profile hub --plan /,
      );
      expect(config).toMatch(
        /\[profile dev\]\nregion = us-east-1\ncredential_process = .* --profile dev --plan /,
      );
      expect(await readdir(path.join(context.job.home, '.aws'))).toEqual(['config']);
    }));

  test('a section of the same name in the credentials file does not win', () =>
    withJob({}, async ({ job, uses, finish }) => {
      const before = '[mine]\naws_access_key_id = AKIAMINE\n';
      const files = path.join(job.home, 'credentials');
      await writeFile(files, before);
      const env = { AWS_SHARED_CREDENTIALS_FILE: files };
      job.environment = { ...job.environment, ...env };
      const wanted = { ...CHAIN, 'aws-profile': 'mine' };
      const refused = await uses(wanted);
      expect(errorOf(refused)).toContain('[PROFILE_EXISTS]');
      expect(traces(refused)).toEqual(NO_TRACES);
      expect(await readdir(job.temp)).not.toContain('assume-aws-roles');
      const step = await uses({ ...wanted, 'overwrite-aws-profile': 'true' });
      expect(step.environment.AWS_PROFILE).toBe('mine');
      expect(await readFile(files, 'utf8')).not.toMatch(/^\[mine\]/m);
      await finish();
      expect(await readFile(files, 'utf8')).toBe(before);
    }));

  test('keys of a later step come with a profile of the same session, as the JavaScript SDK asks that first', () =>
    withJob({}, async ({ job, uses, finish }) => {
      await uses(CHAIN);
      const { AWS_PROFILE: first } = job.environment;
      for (const action of ['logout', '.']) {
        if (action === 'logout') await uses({}, { action });
        const step = await uses(MINIMAL);
        expect(step.log).not.toContain('Warning');
        expect(step.environment.AWS_PROFILE).toMatch(/^assume-aws-roles-\w+$/);
        expect(step.environment.AWS_PROFILE).not.toBe(first);
        const env = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
        const whoami = await job.run(ACTION_NODE, [path.resolve('lab/whoami.ts')], { env });
        expect(whoami.stdout).toContain('111111111111:assumed-role/deploy/');
      }
      await finish();
      expect(await readdir(job.home)).toEqual([]);
    }));

  test('exec: the command finds its profile, and nothing is left', () =>
    withJob({}, async ({ lab, job, uses }) => {
      const whoami = path.resolve('lab/whoami.ts');
      const run = `echo "profile=$AWS_PROFILE key=$AWS_ACCESS_KEY_ID"; "${process.execPath}" "${whoami}"`;
      const env = { AWS_ENDPOINT_URL_STS: lab.sts.url };
      const step = await uses({ ...CHAIN, run }, { action: 'exec', env });
      expect(step.log).toMatch(/profile=assume-aws-roles-\w+ key=$/m);
      expect(step.log).toContain('assumed-role/deploy/octo-org.octo-app-42');
      expect((await readdir(job.temp)).filter((name) => !name.startsWith('step-'))).toEqual([]);
    }));
});

describe('the answer', () => {
  test('is the Version 1 JSON, from the cache, then of a new session', () =>
    withJob({}, async (context) => {
      const { lab, uses } = context;
      await uses(CHAIN);
      const first = await askProcess(context);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      const answer = JSON.parse(first.stdout);
      expect(Object.keys(answer)).toEqual([
        'Version',
        'AccessKeyId',
        'SecretAccessKey',
        'SessionToken',
        'Expiration',
      ]);
      expect(answer.Version).toBe(1);
      expect(lab.traffic.counts()).toMatchObject({ oidc: 1, sts: 2 });
      expect(await makeDue(context)).toBe(answer.AccessKeyId);
      const second = JSON.parse((await askProcess(context)).stdout);
      expect(second.AccessKeyId).not.toBe(answer.AccessKeyId);
      expect(Date.parse(second.Expiration)).toBeGreaterThanOrEqual(Date.parse(answer.Expiration));
      expect(lab.traffic.counts()).toMatchObject({ oidc: 2, sts: 4 });
    }));

  test(
    'many processes at once cause one refresh',
    () =>
      withJob({}, async (context) => {
        await context.uses(CHAIN);
        await expire(context);
        const answers = await Promise.all(Array.from({ length: times(20, 100) }, () => askProcess(context)));
        expect(answers.filter(({ code }) => code !== 0)).toEqual([]);
        expect(new Set(answers.map(({ stdout }) => JSON.parse(stdout).AccessKeyId)).size).toBe(1);
        expect(context.lab.traffic.counts()).toMatchObject({ oidc: 2, sts: 4 });
      }),
    60_000,
  );

  test('a valid session is handed out while another process refreshes it', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const accessKeyId = await makeDue(context);
      // This process holds the lock, and is running.
      await writeFile(`${await cacheOf(context)}.lock`, `${os.hostname()} ${process.pid} nonce`);
      const { code, stdout } = await askProcess(context);
      expect(code).toBe(0);
      expect(JSON.parse(stdout).AccessKeyId).toBe(accessKeyId);
    }));
});

describe('when something goes wrong', () => {
  test('STS cannot be reached: the previous session while it is valid, then an error, then a new session', () =>
    withJob({}, async (context) => {
      const { lab, uses, finish } = context;
      await uses({ ...CHAIN, 'retry-max-attempts': '2', 'sts-fallback-regions': 'none' });
      lab.traffic.inject(away);
      const previous = await makeDue(context);
      const meanwhile = await askProcess(context);
      expect(meanwhile.code).toBe(0);
      expect(JSON.parse(meanwhile.stdout).AccessKeyId).toBe(previous);
      expect(meanwhile.stderr).toMatch(
        /^The session could not be refreshed; the previous session is valid until .* \[STS_FAILED\]\n$/,
      );
      await expire(context);
      const dead = await askProcess(context);
      expect(dead.code).toBe(1);
      expect(dead.stdout).toBe('');
      expect(dead.stderr).toMatch(/^STS failed to process the request .* \[STS_FAILED\]\n$/);
      lab.traffic.clearFaults();
      expect((await askProcess(context)).code).toBe(0);
      const [post] = await finish();
      expect(post?.log).toContain('Refreshed sessions: 1 refresh, 2 failed');
    }));

  test('a valid session is handed out while its refresh is denied', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const accessKeyId = await makeDue(context);
      const [role] = context.lab.world.accounts['222222222222']?.roles ?? [];
      Object.assign(role ?? {}, { trustPolicy: awsTrust(DEPLOY) });
      const answers = [await askProcess(context), await askProcess(context)];
      for (const { code, stdout, stderr } of answers) {
        expect(code).toBe(0);
        expect(JSON.parse(stdout).AccessKeyId).toBe(accessKeyId);
        expect(stderr).toMatch(/^The session could not be refreshed.*\[STS_ACCESS_DENIED\]\n$/);
      }
      // The second process did not request a session so soon: one token, one hub, the denied role and its late retries.
      expect(context.lab.traffic.counts()).toMatchObject({ oidc: 2, AssumeRoleWithWebIdentity: 2 });
    }));

  test('killed in the middle of a refresh: the next call takes over', () =>
    withJob({}, async (context) => {
      const { lab, job, uses } = context;
      await uses(CHAIN);
      const cache = await cacheOf(context);
      await expire(context);
      lab.traffic.inject({ server: 'sts', kind: { name: 'hang' } });
      const child = spawn('/bin/sh', ['-c', `exec ${await credentialProcessLine(context)}`], {
        env: job.environment,
      });
      await until(() => lab.traffic.counts().sts === 3);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.on('close', resolve));
      expect((await readdir(path.dirname(cache))).some((name) => name.endsWith('.lock'))).toBe(true);
      expect((await askProcess(context)).code).toBe(0);
      expect((await readdir(path.dirname(cache))).some((name) => name.endsWith('.lock'))).toBe(false);
    }));

  test('a corrupted cache counts as empty', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const cache = await cacheOf(context);
      const corrupted = [
        '',
        '{"cached":',
        '{"cached":{"session":{}}}',
        'null',
        '[]',
        '{"cached":null,"failure":{"at":1,"code":"?"}}',
        JSON.stringify({
          cached: {
            session: { credentials: { expiration: '2099-01-01T00:00:00Z' } },
            obtainedAt: Date.now(),
            durationMs: 3_600_000,
          },
        }),
      ];
      for (const [index, text] of corrupted.entries()) {
        await writeFile(cache, text);
        expect({ text, ...(await askProcess(context)) }).toMatchObject({ text, code: 0, stderr: '' });
        expect(context.lab.traffic.counts()).toMatchObject({ sts: 2 * (index + 2) });
      }
    }));

  test('a corrupted plan is an error, not a stack trace', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      await writeFile(await cacheOf(context), '');
      const plan = path.join(await refreshFolder(context), 'plan.json');
      const stored = JSON.parse(await readFile(plan, 'utf8'));
      for (const text of [
        '',
        '{',
        'null',
        JSON.stringify({ ...stored, version: stored.version - 1 }),
        '{"version":2,"plan":{"nodes":[],"delivered":[]},"settings":{"endpoints":[],"proxy":{}},"guards":{},"variables":{}}',
      ]) {
        await writeFile(plan, text);
        const { code, stdout, stderr } = await askProcess(context);
        expect({ text, code, stdout }).toEqual({ text, code: 1, stdout: '' });
        expect(stderr).toMatch(/^The stored plan .* \[REFRESH_PLAN_UNUSABLE\]\n$/);
      }
    }));

  test('after logout there is nothing to ask', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const line = await credentialProcessLine(context);
      await context.uses({}, { action: 'logout' });
      const step = await context.job.run('/bin/sh', ['-c', line]);
      expect(step.exitCode).toBe(1);
      expect(step.stderr).toMatch(/^The stored plan .*no such file.* \[REFRESH_PLAN_UNUSABLE\]\n$/);
    }));

  test('a plan that was changed to lead elsewhere meets allowed-account-ids again', () =>
    withJob({}, async (context) => {
      await context.uses({ ...CHAIN, 'allowed-account-ids': '222222222222' });
      await expire(context);
      const plan = path.join(await refreshFolder(context), 'plan.json');
      await writeFile(
        plan,
        (await readFile(plan, 'utf8')).replaceAll('222222222222:role', '333333333333:role'),
      );
      const { code, stdout, stderr } = await askProcess(context);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^.*account 333333333333.*\[ACCOUNT_NOT_ALLOWED\]\n$/);
    }));

  test('a step without the OIDC variables gets what is cached, then is told', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const none = { ACTIONS_ID_TOKEN_REQUEST_URL: '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' };
      expect((await askProcess(context, none)).code).toBe(0);
      await expire(context);
      const { code, stderr } = await askProcess(context, none);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^.*\[OIDC_PERMISSION_MISSING\]\n$/);
    }));

  test('a link in place of the cache is replaced, not followed', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const cache = await cacheOf(context);
      const target = path.join(context.job.workspace, 'target');
      await writeFile(target, 'untouched');
      await chmod(target, 0o644);
      await rm(cache);
      await symlink(target, cache);
      expect((await askProcess(context)).code).toBe(0);
      expect(await readFile(target, 'utf8')).toBe('untouched');
    }));
});

describe('what is stored', () => {
  test('for its owner alone, without OIDC token and bearer', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      await expire(context);
      await askProcess(context);
      const folder = await refreshFolder(context);
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      expect((await stat(path.dirname(folder))).mode & 0o777).toBe(0o700);
      for (const name of await readdir(folder)) {
        expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
        const text = await readFile(path.join(folder, name), 'utf8');
        for (const secret of [context.lab.oidc.bearer, ...context.lab.oidc.tokens])
          expect(text).not.toContain(secret);
      }
    }));
});

describe('identities', () => {
  test('a token file is read again at each refresh', () =>
    withJob({}, async (context) => {
      const { lab, job, uses } = context;
      const file = path.join(job.workspace, 'token');
      await writeFile(file, await lab.oidc.mint('sts.amazonaws.com'));
      await uses({ ...MINIMAL, 'web-identity-token-file': 'token', refresh: 'process' });
      await expire(context);
      const fresh = await lab.oidc.mint('sts.amazonaws.com');
      await writeFile(file, fresh);
      expect((await askProcess(context, { GITHUB_WORKSPACE: '/' })).code).toBe(0);
      expect(lab.traffic.requests.at(-1)?.parameters.WebIdentityToken).toBe(fresh);
    }));

  test('static keys are stored, and renew the session', () =>
    withJob({}, async (context) => {
      const [user] = defaultWorld().accounts['111111111111']?.users ?? [];
      await context.uses({
        'aws-region': 'eu-west-1',
        'aws-access-key-id': user?.accessKeyId ?? '',
        'aws-secret-access-key': user?.secretAccessKey ?? '',
        'role-to-assume': 'arn:aws:iam::111111111111:role/by-user',
        'mfa-serial': user?.mfa?.serial ?? '',
        'mfa-totp-secret': user?.mfa?.totpSecret ?? '',
        refresh: 'process',
      });
      await expire(context);
      expect((await askProcess(context)).code).toBe(0);
    }));

  test.each([
    ['get-session-token', 'GetSessionToken', {}],
    [
      'get-federation-token',
      'GetFederationToken',
      { 'managed-session-policies': 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
    ],
  ])('operation: %s is asked again', (operation, action, inputs) =>
    withJob({}, async (context) => {
      const [user] = defaultWorld().accounts['111111111111']?.users ?? [];
      const keys = {
        'aws-access-key-id': user?.accessKeyId ?? '',
        'aws-secret-access-key': user?.secretAccessKey ?? '',
      };
      await context.uses({ 'aws-region': 'eu-west-1', ...keys, ...inputs, operation, refresh: 'process' });
      await expire(context);
      expect((await askProcess(context)).code).toBe(0);
      expect(context.lab.traffic.counts()).toMatchObject({ [action]: 2 });
    }),
  );

  test('the session of an earlier step renews only while it lives, and the log says so', () =>
    withJob({}, async (context) => {
      await context.uses({ ...MINIMAL, 'role-to-assume': HUB });
      const step = await context.uses({
        ...MINIMAL,
        'role-to-assume': SPOKE,
        'role-chaining': 'true',
        refresh: 'process',
      });
      expect(step.log).toContain('and can be refreshed only until then');
      await expire(context);
      expect((await askProcess(context)).code).toBe(0);
    }));

  test('what the environment has is looked for where the step looked, not in the refreshed profile itself', () =>
    withJob({}, async (context) => {
      const { lab, job, uses } = context;
      const [user] = lab.world.accounts['111111111111']?.users ?? [];
      job.environment = {
        ...job.environment,
        AWS_PROFILE: 'theirs',
        AWS_CONFIG_FILE: path.join(job.home, 'config'),
      };
      await writeFile(
        path.join(job.home, 'config'),
        `[profile theirs]\naws_access_key_id = ${user?.accessKeyId}\naws_secret_access_key = ${user?.secretAccessKey}\n`,
      );
      const step = await uses({
        'aws-region': 'eu-west-1',
        auth: 'ambient',
        'role-to-assume': 'arn:aws:iam::111111111111:role/by-user',
        refresh: 'process',
      });
      expect(step.environment.AWS_PROFILE).toMatch(/^assume-aws-roles-/);
      await expire(context);
      const line =
        /^credential_process = (.*)$/m.exec(await readFile(path.join(job.home, 'config'), 'utf8'))?.[1] ?? '';
      const answer = await job.run('/bin/sh', ['-c', line]);
      expect(answer.exitCode).toBe(0);
      expect(JSON.parse(answer.stdout).Version).toBe(1);
    }));

  test.each([
    [
      'a SAML assertion',
      {
        auth: 'saml',
        'saml-assertion': 'PHNhbWw+PC9zYW1sPg==',
        'saml-provider-arn': 'arn:aws:iam::111111111111:saml-provider/x',
      },
    ],
    ['mfa-code', { auth: 'ambient', 'mfa-serial': 'arn:aws:iam::111111111111:mfa/ci', 'mfa-code': '123456' }],
    ['no role', { auth: 'ambient', 'role-to-assume': '' }],
  ])('%s cannot be renewed, which is an error before anything is asked', (what, inputs) =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({ ...MINIMAL, ...inputs, refresh: 'process' });
      expect(errorOf(step)).toContain(`process with ${what}`);
      expect(lab.traffic.requests).toEqual([]);
    }),
  );
});
