import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inputVariables } from '../../lab/job.ts';
import { isAlive } from '../../src/platform/processes.ts';
import { errorOf, HUB, MINIMAL, SPOKE, type TestJob, withJob } from '../support/harness.ts';
import { ACTION_NODE, cacheOf, pause, refreshFolder, until } from '../support/refresh.ts';

const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE, refresh: 'broker' };
const PROFILES = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\n`;

interface Answer {
  readonly status: number;
  readonly body: Record<string, string>;
}

interface Question {
  readonly url?: string;
  readonly method?: string;
  readonly authorization?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** Asks as SDKs do, unless told otherwise. */
function ask({ job }: TestJob, question: Question = {}): Promise<Answer> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI = '', AWS_CONTAINER_AUTHORIZATION_TOKEN: token } =
    job.environment;
  const { url = AWS_CONTAINER_CREDENTIALS_FULL_URI, method = 'GET', agent, headers } = question;
  const authorization = 'authorization' in question ? question.authorization : token;
  return new Promise((resolve, reject) => {
    const all = { ...headers, ...(authorization !== undefined && { authorization }) };
    const asked = request(url, { method, agent, headers: all }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text || '{}') }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function brokerOf(context: TestJob): Promise<{ pid: number; port: number; token: string }> {
  return JSON.parse(await readFile(path.join(await refreshFolder(context), 'broker.json'), 'utf8'));
}

/** What every user of the machine can see of every process. */
function allCommandLines(): string {
  if (process.platform !== 'linux') return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(readCommandLine).join('\n');
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}

const onLinux = process.platform === 'linux' ? test : test.skip;

describe('what later steps get', () => {
  test('an endpoint and its token, no keys; after the post step neither process nor file', () =>
    withJob(
      { env: { AWS_SESSION_TOKEN: 'old', AWS_WEB_IDENTITY_TOKEN_FILE: '/theirs' } },
      async (context) => {
        const { job, uses, finish } = context;
        const step = await uses(CHAIN);
        expect(step.environment).toEqual({
          AWS_SESSION_TOKEN: '',
          AWS_WEB_IDENTITY_TOKEN_FILE: '',
          AWS_CONTAINER_CREDENTIALS_FULL_URI: expect.stringMatching(
            /^http:\/\/127\.0\.0\.1:\d+\/assume-aws-roles-\w+$/,
          ),
          AWS_CONTAINER_AUTHORIZATION_TOKEN: expect.stringMatching(/^[\w-]{43}$/),
          AWS_REGION: 'eu-west-1',
          AWS_DEFAULT_REGION: 'eu-west-1',
        });
        expect(job.masks).toContain(step.environment.AWS_CONTAINER_AUTHORIZATION_TOKEN);
        const { status, body } = await ask(context);
        expect(status).toBe(200);
        expect(Object.keys(body)).toEqual([
          'AccessKeyId',
          'SecretAccessKey',
          'Token',
          'Expiration',
          'AccountId',
        ]);
        const { pid, token } = await brokerOf(context);
        const commandLines = allCommandLines();
        for (const secret of [token, ...context.lab.secrets()]) expect(commandLines).not.toContain(secret);
        const [post] = await finish();
        expect(post?.log).toContain('No refresh of the sessions was needed.');
        expect(isAlive(pid)).toBe(false);
        expect((await readdir(job.temp)).filter((name) => !name.startsWith('step-'))).toEqual([]);
        expect(job.environment).toMatchObject({
          AWS_SESSION_TOKEN: 'old',
          AWS_WEB_IDENTITY_TOKEN_FILE: '/theirs',
        });
      },
    ));

  onLinux('the broker has neither inputs nor keys in its environment', () =>
    withJob({ env: { AWS_ACCESS_KEY_ID: 'AKIAOLD', AWS_SECRET_ACCESS_KEY: 'old' } }, async (context) => {
      await context.uses({ ...CHAIN, 'github-token': 'ghs_x' });
      const { pid } = await brokerOf(context);
      const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .map((entry) => entry.split('=')[0]);
      expect(names).toContain('ACTIONS_ID_TOKEN_REQUEST_URL');
      expect(names.filter((name) => /^INPUT_|^AWS_(ACCESS|SECRET|SESSION)/.test(name ?? ''))).toEqual([]);
      await context.finish();
    }),
  );

  test('every profile at its path, and as a profile for --profile', () =>
    withJob({}, async (context) => {
      const inputs = {
        'aws-region': 'eu-west-1',
        profiles: PROFILES,
        'default-profile': 'dev',
        refresh: 'broker',
      };
      const step = await context.uses(inputs);
      const base = step.outputs['broker-url'] ?? '';
      expect(step.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI).toBe(`${base}/dev`);
      expect((await ask(context, { url: `${base}/hub` })).body.AccountId).toBe('111111111111');
      expect((await ask(context, { url: `${base}/dev` })).body.AccountId).toBe('222222222222');
      expect(await readFile(path.join(context.job.home, '.aws/config'), 'utf8')).toContain(
        'credential_process = ',
      );
      await context.finish();
    }));

  test('one broker for all steps of a job; each takes its own away', () =>
    withJob({}, async (context) => {
      const { job, uses, finish } = context;
      await uses({ ...CHAIN, 'aws-profile': 'same' });
      const { pid, port } = await brokerOf(context);
      const first = job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
      const step = await uses({
        ...MINIMAL,
        'role-to-assume': HUB,
        refresh: 'broker',
        'export-region': 'false',
      });
      const second = step.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
      expect(second).toMatch(
        new RegExp(`^http://127\\.0\\.0\\.1:${port}/[0-9a-f-]{36}/assume-aws-roles-\\w+$`),
      );
      const ours = path.join(job.temp, 'assume-aws-roles');
      const brokers = await Promise.all(
        (await readdir(ours))
          .filter((name) => name.startsWith('refresh-'))
          .map(async (name) => existsSync(path.join(ours, name, 'broker.json'))),
      );
      expect(brokers.filter(Boolean)).toHaveLength(1);
      expect((await ask(context, { url: first })).body.AccountId).toBe('222222222222');
      expect((await ask(context, { url: second })).body.AccountId).toBe('111111111111');

      const folder = step.state.refreshing ?? '';
      await rm(folder, { recursive: true });
      expect((await ask(context, { url: second })).status).toBe(404);
      expect((await ask(context, { url: first })).status).toBe(200);
      expect(isAlive(pid)).toBe(true);
      expect((await finish()).map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(isAlive(pid)).toBe(false);
      expect(existsSync(ours)).toBe(false);
    }));

  test('with AWS_PROFILE set, which clients take first, that leads to the same session until the job ends', () =>
    withJob({ env: { AWS_PROFILE: 'theirs' } }, async ({ uses, job, finish }) => {
      const step = await uses(CHAIN);
      expect(step.environment.AWS_PROFILE).toMatch(/^assume-aws-roles-\w+$/);
      const whoami = await job.run(ACTION_NODE, [path.resolve('lab/whoami.ts')]);
      expect(whoami.stdout).toContain('222222222222:assumed-role/deploy/');
      await finish();
      expect(job.environment.AWS_PROFILE).toBe('theirs');
      expect(await readdir(job.home)).toEqual([]);
    }));

  test('exec: the command finds the endpoint, which ends with it', () =>
    withJob({}, async ({ lab, job, uses }) => {
      const run = `echo "uri=$AWS_CONTAINER_CREDENTIALS_FULL_URI"; "${ACTION_NODE}" "${path.resolve('lab/whoami.ts')}"`;
      const step = await uses(
        { ...CHAIN, run },
        { action: 'exec', env: { AWS_ENDPOINT_URL_STS: lab.sts.url } },
      );
      expect(step.log).toContain('assumed-role/deploy/octo-org.octo-app-42');
      const uri = /uri=(\S+)/.exec(step.log)?.[1] ?? '';
      await expect(ask({ job } as TestJob, { url: uri })).rejects.toThrow('ECONNREFUSED');
    }));

  test('the step fails and leaves nothing when the broker cannot start', () =>
    withJob({ env: { NODE_OPTIONS: '' } }, async ({ lab, job }) => {
      // A copy of the main program without the broker beside it.
      const programs = path.join(job.workspace, 'dist');
      execFileSync('mkdir', ['-p', programs]);
      execFileSync('cp', ['-r', path.resolve('dist/main'), programs]);
      const inputs = { ...CHAIN, 'sts-endpoint': lab.sts.url };
      const env = inputVariables(inputs);
      const files = Object.fromEntries(
        ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'].map((name) => [name, path.join(job.temp, name)]),
      );
      execFileSync('touch', Object.values(files));
      const step = await job.run(ACTION_NODE, [path.join(programs, 'main/index.js')], {
        env: { ...env, ...files },
      });
      expect(errorOf(step)).toContain('[BROKER_NOT_STARTED]');
      expect(await readFile(files.GITHUB_ENV ?? '', 'utf8')).toBe('');
      expect(existsSync(path.join(job.temp, 'assume-aws-roles'))).toBe(false);
    }));
});

describe('what is refused', () => {
  test('wrong tokens, methods and paths', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token = '', AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = '' } =
        context.job.environment;
      const base = new URL(uri).origin;
      for (const authorization of [
        undefined,
        '',
        'x',
        token.slice(0, -1),
        `${token}x`,
        `Bearer ${token}`,
        token.toLowerCase(),
      ]) {
        expect(await ask(context, { authorization })).toMatchObject({
          status: 401,
          body: { code: 'Unauthorized' },
        });
        expect(await ask(context, { authorization, method: 'PUT', url: `${base}/` })).toMatchObject({
          status: 401,
        });
        expect(await ask(context, { authorization, method: 'DELETE', url: `${base}/` })).toMatchObject({
          status: 401,
        });
      }
      // The token is for sessions; ending and joining take a proof.
      for (const method of ['PUT', 'DELETE'])
        expect(await ask(context, { method, url: `${base}/` })).toMatchObject({ status: 405 });
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        expect(await ask(context, { method })).toMatchObject({
          status: 405,
          body: { code: 'MethodNotAllowed' },
        });
      }
      for (const url of [
        '/',
        '/nobody',
        '/../plan.json',
        `${new URL(uri).pathname}/`,
        `${new URL(uri).pathname}?x=1`,
        '/%00',
      ]) {
        expect(await ask(context, { url: base + url })).toMatchObject({
          status: 404,
          body: { code: 'NoSuchProfile' },
        });
      }
      expect((await ask(context)).status).toBe(200);
      await context.finish();
    }));

  test(
    'absurd headers, half requests, other protocols',
    () =>
      withJob({}, async (context) => {
        await context.uses(CHAIN);
        const { port } = await brokerOf(context);
        const raw = (text: string) =>
          new Promise<string>((resolve) => {
            const socket = connect(port, '127.0.0.1', () => socket.write(text));
            let answer = '';
            socket.on('data', (chunk) => (answer += chunk));
            socket.on('error', () => {});
            socket.on('close', () => resolve(answer));
          });
        expect(await raw(`GET / HTTP/1.1\r\nhost: x\r\nx-big: ${'x'.repeat(9000)}\r\n\r\n`)).toMatch(
          /^HTTP\/1\.1 431 /,
        );
        expect(await raw('\x16\x03\x01\x02\x00\x01\x00\x01\xfc')).toMatch(/^HTTP\/1\.1 400 /);
        expect(await raw('CONNECT sts.amazonaws.com:443 HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('');
        expect(
          await raw('GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
        ).not.toContain('AccessKey');
        expect(await raw('GET /')).toMatch(/^HTTP\/1\.1 408 /);
        expect((await ask(context)).status).toBe(200);
        await context.finish();
      }),
    30_000,
  );

  test(
    'a thousand fuzzed requests: it lives, and none of them gets credentials',
    () =>
      withJob({}, async (context) => {
        await context.uses(CHAIN);
        const { pid, port } = await brokerOf(context);
        const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = '' } = context.job.environment;
        const { pathname } = new URL(uri);
        const text = fc.string({ unit: 'binary', maxLength: 60 });
        const line = fc.oneof(
          fc.constant(`GET ${pathname} HTTP/1.1`),
          fc
            .tuple(fc.constantFrom('GET', 'POST', 'get', 'BREW', ''), text)
            .map(([method, target]) => `${method} ${target} HTTP/1.1`),
          text,
        );
        const header = fc.oneof(
          fc.constant('host: 127.0.0.1'),
          text.map((value) => `authorization: ${value}`),
          fc.constantFrom(
            'authorization:',
            'content-length: -1',
            'content-length: 99999999999',
            'transfer-encoding: chunked',
            'expect: 100-continue',
          ),
          text,
        );
        const message = fc
          .tuple(line, fc.array(header, { maxLength: 6 }), text)
          .map(([first, headers, body]) => `${[first, ...headers].join('\r\n')}\r\n\r\n${body}`);
        let sent = 0;
        await fc.assert(
          fc.asyncProperty(message, async (bytes) => {
            sent++;
            const answer = await new Promise<string>((resolve) => {
              const socket = connect(port, '127.0.0.1', () => socket.end(bytes, 'latin1'));
              let got = '';
              socket.on('data', (chunk) => (got += chunk));
              socket.on('error', () => {});
              socket.on('close', () => resolve(got));
              setTimeout(() => socket.destroy(), 200).unref();
            });
            expect(answer).not.toMatch(/AccessKeyId|HTTP\/1\.1 200/);
          }),
          { numRuns: 1200 },
        );
        expect(sent).toBeGreaterThanOrEqual(1000);
        expect(isAlive(pid)).toBe(true);
        expect((await ask(context)).status).toBe(200);
        await context.finish();
      }),
    300_000,
  );
});

describe('refreshing', () => {
  test(
    'a thousand requests, fifty at once, across the end of a session: none lost, one refresh',
    () =>
      withJob({ sessionSeconds: 14 }, async (context) => {
        const { lab, uses, finish } = context;
        await uses(CHAIN);
        const agent = new Agent({ keepAlive: true, maxSockets: 50 });
        // Young for 9.75 to 10.5 s. The requests go on until after that, and end before the next session is due.
        await pause(8_800);
        const before = lab.traffic.counts();
        const keys = new Set<string>();
        let answered = 0;
        await Promise.all(
          Array.from({ length: 50 }, async () => {
            for (let index = 0; index < 20; index++) {
              const { status, body } = await ask(context, { agent });
              expect(status).toBe(200);
              keys.add(body.AccessKeyId ?? '');
              answered++;
              await pause(120);
            }
          }),
        );
        agent.destroy();
        expect(answered).toBe(1000);
        expect(before).toMatchObject({ sts: 2 });
        expect(lab.traffic.counts()).toMatchObject({ oidc: 2, sts: 4 });
        expect(keys.size).toBe(2);
        await finish();
      }),
    60_000,
  );

  test(
    'goes on ahead of the end, without anybody asking',
    () =>
      // Due with 4 s left: the broker looks each second, and on a slow machine loads what it needs for another.
      withJob({ sessionSeconds: 16 }, async (context) => {
        await context.uses(CHAIN);
        await until(() => (context.lab.traffic.counts().sts ?? 0) >= 4, 30);
        const [post] = await context.finish();
        expect(post?.log).toMatch(/Refreshed sessions: 1 refresh, 0 failed/);
      }),
    60_000,
  );

  test(
    'STS is away: the last session while it lives, then a clear error, then recovery',
    () =>
      withJob({ sessionSeconds: 5 }, async (context) => {
        const { lab, uses, finish } = context;
        await uses({
          ...CHAIN,
          'retry-max-attempts': '2',
          'sts-fallback-regions': 'none',
          'job-summary': 'true',
        });
        const first = (await ask(context)).body;
        lab.traffic.inject({ server: 'sts', kind: { name: 'reset' }, times: 10_000 });
        const endsAt = Date.parse(first.Expiration ?? '');
        // On a busy machine an answer may come after the end, and then be the error.
        for (let answer = await ask(context); Date.now() < endsAt - 500; answer = await ask(context)) {
          expect(answer).toMatchObject({ status: 200, body: { AccessKeyId: first.AccessKeyId } });
          await pause(100);
        }
        await pause(endsAt - Date.now() + 200);
        const dead = await ask(context);
        expect(dead).toMatchObject({ status: 503, body: { code: 'STS_UNREACHABLE' } });
        expect(dead.body.message).toMatch(/could not be reached.*\[STS_UNREACHABLE\]$/);
        lab.traffic.clearFaults();
        await until(async () => (await ask(context)).status === 200);
        const [post] = await finish();
        expect(post?.log).toContain('The previous session is valid until');
        expect(post?.summary).toMatch(/^Refreshed sessions: \d+ refresh(es)?, \d+ failed\.\n$/);
      }),
    60_000,
  );
});

/** What the SDKs give an endpoint: the JavaScript one a second. */
const SDK_PATIENCE_MS = 1_000;

test(
  'STS does not answer at all: a session that lives is handed out at once, and so is the error after',
  () =>
    withJob({ sessionSeconds: 6 }, async (context) => {
      await context.uses({
        ...CHAIN,
        'disable-retry': 'true',
        'action-timeout-s': '2',
        'sts-fallback-regions': 'none',
      });
      const first = (await ask(context)).body;
      context.lab.traffic.inject({ server: 'sts', kind: { name: 'hang' }, times: 10_000 });
      const endsAt = Date.parse(first.Expiration ?? '');
      const asked = () => Promise.race([ask(context), pause(SDK_PATIENCE_MS).then(() => undefined)]);
      while (Date.now() < endsAt - 800) {
        expect(await asked()).toMatchObject({ status: 200, body: { AccessKeyId: first.AccessKeyId } });
        await pause(100);
      }
      await until(async () => (await asked())?.status === 503, 20);
      for (let index = 0; index < 5; index++) expect(await asked()).toMatchObject({ status: 503 });
      context.lab.traffic.clearFaults();
      await until(async () => (await asked())?.status === 200, 20);
      await context.finish();
    }),
  60_000,
);

describe('its end', () => {
  test('with logout', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const { pid } = await brokerOf(context);
      const step = await context.uses({}, { action: 'logout' });
      expect(step.exitCode).toBe(0);
      expect(isAlive(pid)).toBe(false);
      expect((await context.finish()).every(({ exitCode }) => exitCode === 0)).toBe(true);
    }));

  test('with the folder of the job', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const { pid } = await brokerOf(context);
      await rm(path.join(context.job.temp, 'assume-aws-roles'), { recursive: true });
      await until(() => !isAlive(pid));
    }));

  test(
    'with the process of the job, but not with a shell that ends with the step',
    () =>
      withJob({}, async (context) => {
        const { job, lab } = context;
        const inputs = { ...CHAIN, 'sts-endpoint': lab.sts.url };
        const names = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'];
        const files = Object.fromEntries(names.map((name) => [name, path.join(job.temp, name)]));
        execFileSync('touch', Object.values(files));
        const env = {
          ...job.environment,
          ...files,
          ...inputVariables(inputs),
        };
        const main = path.resolve('dist/main/index.js');
        const step = `require('child_process').spawnSync(process.execPath, [${JSON.stringify(main)}]);`;
        const runner = spawn(ACTION_NODE, ['-e', `${step} setInterval(() => {}, 1000)`], { env });
        const folder = path.join(job.temp, 'assume-aws-roles');
        await until(() => existsSync(folder) && existsSync(files.GITHUB_ENV ?? ''));
        await until(async () => (await readdir(folder)).length > 0);
        await until(async () => existsSync(path.join(await refreshFolder(context), 'broker.json')));
        const { pid } = await brokerOf(context);
        await pause(2_500);
        expect(isAlive(pid)).toBe(true);
        runner.kill('SIGKILL');
        await until(() => !isAlive(pid));

        await rm(folder, { recursive: true });
        const shell = spawn(ACTION_NODE, ['-e', step], { env });
        await new Promise((resolve) => shell.on('close', resolve));
        const again = await brokerOf(context);
        await pause(2_500);
        expect(isAlive(again.pid)).toBe(true);
        await rm(folder, { recursive: true });
        await until(() => !isAlive(again.pid));
      }),
    40_000,
  );

  test('a broker that somebody killed is no trouble for the post step', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const { pid } = await brokerOf(context);
      process.kill(pid, 'SIGKILL');
      await until(() => !isAlive(pid));
      const [post] = await context.finish();
      expect(post?.exitCode).toBe(0);
      expect(post?.log).not.toContain('Warning');
      expect(existsSync(path.join(context.job.temp, 'assume-aws-roles'))).toBe(false);
    }));
});

test('a corrupted cache under a running broker gives a fresh session', () =>
  withJob({ sessionSeconds: 4 }, async (context) => {
    await context.uses(CHAIN);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(await cacheOf(context), '{"cached":');
    await pause(3_200);
    expect((await ask(context)).status).toBe(200);
    await context.finish();
  }));
