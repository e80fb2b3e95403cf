import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inputVariables } from '../../lab/job.ts';
import { isAlive } from '../../src/platform/processes.ts';
import { expectedAnswer, requestsTo } from '../support/broker-requests.ts';
import {
  errorOf,
  HUB,
  MINIMAL,
  NO_TRACES,
  SPOKE,
  type TestJob,
  traces,
  withJob,
} from '../support/harness.ts';
import { withMovingClock } from '../support/moving-clock.ts';
import { runningProcesses } from '../support/processes.ts';
import { ACTION_NODE, brokerOf, cacheOf, pause, refreshFolder, until } from '../support/refresh.ts';

const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE, refresh: 'broker' };
const PROFILES = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\n`;

/** Sessions last an hour: the refresh is due after 45 minutes. */
const UNTIL_DUE_S = 46 * 60;
const UNTIL_EXPIRED_S = 61 * 60;
/** The broker waits 5 s after a failed refresh. */
const UNTIL_RETRY_S = 6;

interface Answer {
  readonly status: number;
  readonly body: Record<string, string>;
}

interface Question {
  readonly url?: string;
  /** Sent as it is: a URL would be normalized. */
  readonly path?: string;
  readonly method?: string;
  readonly authorization?: string | undefined;
  readonly agent?: Agent;
}

/** Sends what an SDK sends, apart from the differences in `question`. */
function ask({ job }: TestJob, question: Question = {}): Promise<Answer> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI = '', AWS_CONTAINER_AUTHORIZATION_TOKEN: token } =
    job.environment;
  const { url = AWS_CONTAINER_CREDENTIALS_FULL_URI, method = 'GET', agent } = question;
  const { hostname, port, pathname } = new URL(url);
  const authorization = 'authorization' in question ? question.authorization : token;
  const headers = authorization === undefined ? {} : { authorization };
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path: question.path ?? pathname, method, agent, headers };
    const asked = request(options, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text || '{}') }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Everything that a server sends in answer to these bytes, until the connection closes. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    // Not ended: Node.js sends no answer that comes after the end of the client's half.
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    const timer = setTimeout(() => socket.destroy(), 20_000);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
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
        const commandLines = runningProcesses()
          .map(({ commandLine }) => commandLine)
          .join('\n');
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
      expect(step.log).toContain('No refresh of the sessions was needed.');
      await expect(ask({ job } as TestJob, { url: uri })).rejects.toThrow('ECONNREFUSED');
    }));

  test('the step fails and leaves nothing when the machine does not have the address of the broker', () =>
    withJob({}, async ({ job, uses }) => {
      const step = await uses({ ...CHAIN, 'broker-address': '169.254.170.2' });
      expect(errorOf(step)).toMatch(/\[BROKER_NOT_STARTED\][\s\S]*EADDRNOTAVAIL[\s\S]*ip address replace/);
      expect(traces(step)).toEqual(NO_TRACES);
      expect(existsSync(path.join(job.temp, 'assume-aws-roles'))).toBe(false);
    }));

  test('the step fails and leaves nothing when the broker cannot start', () =>
    withJob({ env: { NODE_OPTIONS: '' } }, async ({ lab, job }) => {
      // A copy of the programs without the broker.
      const programs = path.join(job.workspace, 'dist');
      await cp(path.resolve('dist'), programs, { recursive: true });
      await rm(path.join(programs, 'broker'), { recursive: true });
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

describe('the broker refuses', () => {
  test('wrong tokens, methods and paths', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token = '', AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = '' } =
        context.job.environment;
      const { pathname, port } = new URL(uri);
      for (const authorization of [
        undefined,
        '',
        'x',
        token.slice(0, -1),
        `${token}x`,
        `Bearer ${token}`,
        token.toLowerCase(),
      ]) {
        const unauthorized = { status: 401, body: { code: 'Unauthorized' } };
        expect(await ask(context, { authorization })).toMatchObject(unauthorized);
        for (const method of ['PUT', 'DELETE'])
          expect(await ask(context, { authorization, method, path: '/' })).toMatchObject(unauthorized);
      }
      // The token is for sessions. To stop or join a broker takes a proof.
      for (const method of ['PUT', 'DELETE'])
        expect(await ask(context, { method, path: '/' })).toMatchObject({ status: 405 });
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        expect(await ask(context, { method })).toMatchObject({
          status: 405,
          body: { code: 'MethodNotAllowed' },
        });
      }
      for (const path of [
        '/',
        '/nobody',
        '/../plan.json',
        `/..${pathname}`,
        `/.${pathname}`,
        `/%2e%2e${pathname}`,
        `${pathname}/`,
        `${pathname}/../plan.json`,
        `${pathname}?x=1`,
        `http://127.0.0.1:${port}${pathname}`,
        '*',
        '/%00',
      ]) {
        expect({ path, ...(await ask(context, { path })) }).toMatchObject({
          path,
          status: 404,
          body: { code: 'NoSuchProfile' },
        });
      }
      expect((await ask(context)).status).toBe(200);
      await context.finish();
    }));

  onLinux('connections from another address than 127.0.0.1', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const { port } = await brokerOf(context);
      // The system answers for all of 127.0.0.0/8.
      await expect(ask(context, { url: `http://127.0.0.2:${port}/` })).rejects.toThrow('ECONNREFUSED');
      await context.finish();
    }),
  );

  test('long headers, half requests and other protocols, even with the token', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = '', AWS_CONTAINER_AUTHORIZATION_TOKEN: token = '' } =
        context.job.environment;
      const { port, pathname } = new URL(uri);
      const headers = `host: x\r\nauthorization: ${token}\r\n`;
      const raw = (text: string) => exchange(Number(port), text);
      const line = `GET ${pathname} HTTP/1.1\r\n`;
      expect(await raw(`${line}${headers}connection: close\r\n\r\n`)).toContain('AccessKeyId');
      const answers = await Promise.all([
        raw(`${line}${headers}x-big: ${'x'.repeat(9000)}\r\n\r\n`),
        raw('\x16\x03\x01\x02\x00\x01\x00\x01\xfc'),
        raw(`CONNECT sts.amazonaws.com:443 HTTP/1.1\r\n${headers}\r\n`),
        raw(`${line}${headers}upgrade: websocket\r\nconnection: upgrade\r\n\r\n`),
        raw(`${line}${headers}`),
      ]);
      expect(answers).toEqual([
        expect.stringMatching(/^HTTP\/1\.1 431 /),
        expect.stringMatching(/^HTTP\/1\.1 400 /),
        '',
        '',
        expect.stringMatching(/^HTTP\/1\.1 408 /),
      ]);
      expect((await ask(context)).status).toBe(200);
      await context.finish();
    }));

  test(
    'a thousand random requests, apart from those with the token and a path',
    () =>
      withJob({}, async (context) => {
        await context.uses(CHAIN);
        const { pid } = await brokerOf(context);
        const {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = '',
          AWS_CONTAINER_AUTHORIZATION_TOKEN: token = '',
        } = context.job.environment;
        const { pathname, port } = new URL(uri);
        const answers = new Map<string, number>();
        const twenty = fc.array(requestsTo(pathname, token), { minLength: 20, maxLength: 20 });
        await fc.assert(
          fc.asyncProperty(twenty, async (drawn) => {
            const sent = drawn.map(async (one) => {
              const head = [one.line, 'host: 127.0.0.1', 'connection: close', ...one.headers].join('\r\n');
              const answer = await exchange(Number(port), `${head}\r\n\r\n${one.body}`);
              const expected = expectedAnswer(one, pathname, token);
              if (expected === 'session') expect(answer).toContain('AccessKeyId');
              if (expected === 'none') expect(answer).not.toMatch(/AccessKeyId|HTTP\/1\.1 200/);
              const status = answer.slice(0, 'HTTP/1.1 200'.length);
              answers.set(status, (answers.get(status) ?? 0) + 1);
            });
            await Promise.all(sent);
          }),
          { numRuns: 80 },
        );
        // Or the property would hold because no request got so far.
        const count = (...statuses: number[]) =>
          statuses.reduce((sum, status) => sum + (answers.get(`HTTP/1.1 ${status}`) ?? 0), 0);
        expect(count(200)).toBeGreaterThan(60);
        expect(count(401)).toBeGreaterThan(200);
        expect(count(404, 405)).toBeGreaterThan(30);
        expect(isAlive(pid)).toBe(true);
        expect((await ask(context)).status).toBe(200);
        await context.finish();
      }),
    120_000,
  );
});

describe('refreshing', () => {
  test(
    'a thousand requests, fifty at once, while a session becomes due and expires: none lost, two refreshes',
    () =>
      withMovingClock({}, async (context, clock) => {
        const { lab, uses, finish } = context;
        await uses(CHAIN);
        const agent = new Agent({ keepAlive: true, maxSockets: 50 });
        const keys = new Set<string>();
        let answered = 0;
        const fiftyAtOnce = (seconds: number) =>
          Promise.all(
            Array.from({ length: 50 }, async (_, worker) => {
              for (let index = 0; index < 10; index++) {
                if (worker === 0 && index === 5) clock.pass(seconds);
                const { status, body } = await ask(context, { agent });
                expect(status).toBe(200);
                keys.add(body.AccessKeyId ?? '');
                answered++;
              }
            }),
          );
        const { AccessKeyId: first } = (await ask(context)).body;
        await fiftyAtOnce(UNTIL_DUE_S);
        // The new session may already have answered some of the fifty.
        await until(async () => (await ask(context)).body.AccessKeyId !== first);
        await fiftyAtOnce(UNTIL_EXPIRED_S);
        agent.destroy();
        expect(answered).toBe(1000);
        expect(lab.traffic.counts()).toMatchObject({ oidc: 3, sts: 6 });
        expect(keys.size).toBe(3);
        await finish();
      }),
    60_000,
  );

  test('happens before the session expires, without a request', () =>
    withMovingClock({}, async (context, clock) => {
      await context.uses(CHAIN);
      const { lab } = context;
      expect(lab.traffic.counts().sts).toBe(2);
      clock.pass(UNTIL_DUE_S);
      const log = path.join(await refreshFolder(context), 'refreshes.jsonl');
      await until(() => existsSync(log));
      expect(lab.traffic.counts().sts).toBe(4);
      const [post] = await context.finish();
      expect(post?.log).toContain('Refreshed sessions: 1 refresh, 0 failed');
    }));

  test(
    'STS cannot be reached: the previous session while it is valid, then an error, then a new session',
    () =>
      withMovingClock({}, async (context, clock) => {
        const { lab, uses, finish } = context;
        await uses({
          ...CHAIN,
          'retry-max-attempts': '2',
          'sts-fallback-regions': 'none',
          'job-summary': 'true',
        });
        const first = (await ask(context)).body;
        lab.traffic.inject({ server: 'sts', kind: { name: 'reset' }, times: 10_000 });
        clock.pass(UNTIL_DUE_S);
        const log = path.join(await refreshFolder(context), 'refreshes.jsonl');
        const hasFailed = () => existsSync(log) && readFileSync(log, 'utf8').includes('"failed"');
        for (let failed = false; !failed; failed = hasFailed()) {
          expect(await ask(context)).toMatchObject({ status: 200, body: { AccessKeyId: first.AccessKeyId } });
          await pause(50);
        }
        expect(await ask(context)).toMatchObject({ status: 200, body: { AccessKeyId: first.AccessKeyId } });
        clock.pass(UNTIL_EXPIRED_S - UNTIL_DUE_S);
        const dead = await ask(context);
        expect(dead).toMatchObject({ status: 503, body: { code: 'STS_UNREACHABLE' } });
        expect(dead.body.message).toMatch(/could not be reached.*\[STS_UNREACHABLE\]$/);
        lab.traffic.clearFaults();
        await until(async () => {
          clock.pass(UNTIL_RETRY_S);
          return (await ask(context)).status === 200;
        });
        const [post] = await finish();
        expect(post?.log).toContain('The previous session is valid until');
        expect(post?.summary).toMatch(/^Refreshed sessions: 1 refresh, \d+ failed\.\n$/);
      }),
    60_000,
  );

  test(
    'STS does not answer: a valid session is handed out at once, and so is the error after it',
    () =>
      withMovingClock({}, async (context, clock) => {
        const inputs = { 'disable-retry': 'true', 'action-timeout-s': '3', 'sts-fallback-regions': 'none' };
        await context.uses({ ...CHAIN, ...inputs });
        const first = (await ask(context)).body;
        const { traffic } = context.lab;
        traffic.inject({ server: 'sts', kind: { name: 'hang' }, times: 10_000 });
        const asked = () => Promise.race([ask(context), pause(SDK_PATIENCE_MS).then(() => undefined)]);
        // The first attempt may take as long as the session is valid.
        clock.pass(60 * 60 - 8);
        await until(() => traffic.counts().sts === 3);
        let handedOut = 0;
        for (;;) {
          const answer = await asked();
          if (clock.now() > Date.parse(first.Expiration ?? '') - 1_500) break;
          expect(answer).toMatchObject({ status: 200, body: { AccessKeyId: first.AccessKeyId } });
          handedOut++;
          await pause(100);
        }
        expect(handedOut).toBeGreaterThan(0);
        await until(async () => (await asked())?.status === 503, 20);
        for (let index = 0; index < 5; index++) expect(await asked()).toMatchObject({ status: 503 });
        traffic.clearFaults();
        await until(async () => {
          clock.pass(UNTIL_RETRY_S);
          return (await asked())?.status === 200;
        }, 20);
        await context.finish();
      }),
    60_000,
  );

  test('a corrupted cache is no trouble', () =>
    withMovingClock({}, async (context, clock) => {
      await context.uses(CHAIN);
      const first = (await ask(context)).body;
      await writeFile(await cacheOf(context), '{"cached":');
      clock.pass(UNTIL_EXPIRED_S);
      const { status, body } = await ask(context);
      expect(status).toBe(200);
      expect(body.AccessKeyId).not.toBe(first.AccessKeyId);
      await context.finish();
    }));
});

/** The SDK for JavaScript waits one second for an endpoint, others wait longer. */
const SDK_PATIENCE_MS = 1_000;

describe('the broker stops', () => {
  test('with logout', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const { pid } = await brokerOf(context);
      const step = await context.uses({}, { action: 'logout' });
      expect(step.exitCode).toBe(0);
      expect(isAlive(pid)).toBe(false);
      expect((await context.finish()).map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    }));

  test('with logout, which waits for its end, also while a refresh is under way', () =>
    withMovingClock({}, async (context, clock) => {
      await context.uses({ ...CHAIN, 'disable-retry': 'true' });
      const { pid } = await brokerOf(context);
      const { traffic } = context.lab;
      traffic.inject({ server: 'sts', kind: { name: 'hang' }, times: Number.POSITIVE_INFINITY });
      clock.pass(UNTIL_EXPIRED_S);
      // The answer to this request keeps the server of the broker open for a moment.
      const asked = ask(context).catch(() => undefined);
      await until(() => traffic.counts().sts === 3);
      expect((await context.uses({}, { action: 'logout' })).exitCode).toBe(0);
      expect(isAlive(pid)).toBe(false);
      expect(await asked).toBeUndefined();
      await context.finish();
    }));

  test('with the folder of the job', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      const { pid } = await brokerOf(context);
      expect(isAlive(pid)).toBe(true);
      await rm(path.join(context.job.temp, 'assume-aws-roles'), { recursive: true });
      await until(() => !isAlive(pid));
    }));

  test('after a day, the longest that a job runs', () =>
    withMovingClock({}, async (context, clock) => {
      await context.uses(CHAIN);
      const { pid } = await brokerOf(context);
      const folder = await refreshFolder(context);
      clock.pass(23 * 60 * 60);
      // Each look for the end of the day comes with a refresh of the expired session.
      await until(() => context.lab.traffic.counts().sts === 4);
      expect(isAlive(pid)).toBe(true);
      clock.pass(60 * 60 + 1);
      await until(() => !isAlive(pid));
      expect(existsSync(folder)).toBe(true);
      await context.finish();
    }));

  /** Exists once the step that `startBy` starts has ended. */
  const endOf = ({ job }: TestJob) => path.join(job.temp, 'step-has-ended');

  /** Starts the main step in a process that is its parent, as a runner is. */
  async function startBy(parent: (step: string) => string, context: TestJob) {
    const { job, lab } = context;
    const names = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'];
    const files = Object.fromEntries(names.map((name) => [name, path.join(job.temp, name)]));
    for (const file of Object.values(files)) await writeFile(file, '');
    const env = {
      ...job.environment,
      ...files,
      ...inputVariables({ ...CHAIN, 'sts-endpoint': lab.sts.url }),
    };
    const main = JSON.stringify(path.resolve('dist/main/index.js'));
    const end = JSON.stringify(endOf(context));
    const step = `require('child_process').spawnSync(process.execPath, [${main}]); require('fs').writeFileSync(${end}, '');`;
    return spawn(ACTION_NODE, ['-e', parent(step)], { env, stdio: 'ignore' });
  }
  /** The broker looks once a second. A process that lives at two looks after the step is that of the job. */
  const LOOKS_MS = 3_500;

  async function stopsWithJob(context: TestJob): Promise<void> {
    const runner = await startBy((step) => `${step} setInterval(() => {}, 1000)`, context);
    await until(() => existsSync(endOf(context)), 20);
    const { pid } = await brokerOf(context);
    await pause(LOOKS_MS);
    expect(isAlive(pid)).toBe(true);
    runner.kill('SIGKILL');
    await until(() => !isAlive(pid));
  }

  async function outlivesShell(context: TestJob): Promise<void> {
    const shell = await startBy((step) => step, context);
    await new Promise((resolve) => shell.on('close', resolve));
    const { pid } = await brokerOf(context);
    await pause(LOOKS_MS);
    expect(isAlive(pid)).toBe(true);
    await rm(path.join(context.job.temp, 'assume-aws-roles'), { recursive: true });
    await until(() => !isAlive(pid));
  }

  test('with the process of the job, but not with a shell that ends with the step', async () => {
    // Both only wait.
    await Promise.all([withJob({}, stopsWithJob), withJob({}, outlivesShell)]);
  }, 60_000);

  test('when it is killed, which is no trouble for the post step', () =>
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
