import { readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { HUB, MINIMAL, SPOKE, type TestJob } from '../support/harness.ts';
import { type MovingClock, withMovingClock } from '../support/moving-clock.ts';
import { askEndpoint, askProcess, brokerOf, pause, refreshFolder, until } from '../support/refresh.ts';

/** Sessions last an hour: a refresh is due after 45 minutes. */
const UNTIL_DUE_S = 46 * 60;
const HOUR_S = 60 * 60;
/** A part of the pause after a failed refresh, which takes up to 30 seconds. */
const PART_OF_PAUSE_S = 11;

interface Answer {
  readonly keyId: string | undefined;
  readonly expiresAt: number;
  /** The error if there is no session. */
  readonly error: string;
}

/** A request as an SDK sends it in this mode. */
const ASK: Readonly<Record<string, (context: TestJob) => Promise<Answer>>> = {
  process: async (context) => {
    const { code, stdout, stderr } = await askProcess(context);
    const { AccessKeyId, Expiration } = code === 0 ? JSON.parse(stdout) : {};
    return { keyId: AccessKeyId, expiresAt: Date.parse(Expiration), error: stderr };
  },
  broker: async (context) => {
    const { status, body } = await askEndpoint(context);
    const { AccessKeyId, Expiration = '', message = '' } = body;
    return { keyId: AccessKeyId, expiresAt: Date.parse(Expiration), error: status === 200 ? '' : message };
  },
};

/** The number of files and handles that a job uses, of which a long run may leave more and more. */
async function usedBy(context: TestJob, refresh: string): Promise<number> {
  const files = (await readdir(await refreshFolder(context))).filter((name) => name !== 'refreshes.jsonl');
  const hasProc = refresh === 'broker' && process.platform === 'linux';
  const handles = hasProc ? readdirSync(`/proc/${(await brokerOf(context)).pid}/fd`) : [];
  return files.length + handles.length;
}

const logOf = async (context: TestJob) =>
  (await readFile(path.join(await refreshFolder(context), 'refreshes.jsonl'), 'utf8')).trim().split('\n');

/** Lets time pass until the token endpoint has got another request. */
async function nextAttempt({ lab }: TestJob, clock: MovingClock, call: () => Promise<void>): Promise<void> {
  const count = () => lab.traffic.counts().oidc ?? 0;
  const before = count();
  await until(async () => {
    clock.pass(PART_OF_PAUSE_S);
    await call();
    return count() > before;
  });
}

/** A job for one mode, in which no session that has expired is ever handed out. */
const withLongJob = (
  refresh: string,
  work: (context: TestJob, clock: MovingClock, ask: () => Promise<Answer>) => Promise<void>,
) =>
  withMovingClock({}, async (context, clock) => {
    const inputs = { 'role-to-assume': HUB, 'role-chain': SPOKE, 'sts-fallback-regions': 'none' };
    await context.uses({ ...MINIMAL, ...inputs, 'retry-max-attempts': '1', refresh });
    await work(context, clock, async () => {
      const answer = (await ASK[refresh]?.(context)) as Answer;
      if (answer.keyId !== undefined) expect(answer.expiresAt).toBeGreaterThan(clock.now());
      return answer;
    });
  });

describe.each(['process', 'broker'])('refresh: %s', (refresh) => {
  test(
    'six hours: a new session before each end, then the bearer of the job ends',
    () =>
      withLongJob(refresh, async (context, clock, ask) => {
        const { lab, finish } = context;
        const startedAt = clock.now();
        let { keyId } = await ask();
        let atFirst: number | undefined;
        while (clock.now() - startedAt < 6 * HOUR_S * 1000) {
          clock.pass(UNTIL_DUE_S);
          // The broker hands out the session that is still valid while it refreshes.
          await until(async () => {
            const next = await ask();
            expect(next).toMatchObject({ keyId: expect.any(String), error: '' });
            return next.keyId !== keyId;
          });
          keyId = (await ask()).keyId;
          atFirst ??= await usedBy(context, refresh);
        }
        // The connection of the last request may still be closing. The lab closes an idle one after five seconds.
        await until(async () => (await usedBy(context, refresh)) <= (atFirst ?? 0));
        expect(await logOf(context)).toHaveLength(8);

        lab.traffic.inject({ server: 'oidc', kind: { name: 'status', status: 401 }, times: 10_000 });
        clock.pass(UNTIL_DUE_S);
        const last = await ask();
        expect(last.keyId).toBe(keyId);
        if (refresh === 'process')
          expect(last.error).toMatch(/is valid until .* HTTP 401 .*\[OIDC_REQUEST_REFUSED\]/);
        await until(async () => (await logOf(context)).length > 8);
        clock.pass(HOUR_S - UNTIL_DUE_S + 60);
        await until(async () => (await ask()).keyId === undefined);
        expect((await ask()).error).toMatch(
          /rejected the request for a token\. .* not older than six hours, .* \[OIDC_REQUEST_REFUSED\]/,
        );
        const before = (await logOf(context)).length;
        for (let attempt = 0; attempt < 8; attempt++)
          await nextAttempt(context, clock, async () => expect((await ask()).keyId).toBeUndefined());
        expect((await logOf(context)).length - before).toBeLessThanOrEqual(4);
        const [post] = await finish();
        expect(post).toMatchObject({ exitCode: 0, stderr: '' });
        expect(post?.log).toMatch(/Refreshed sessions: 8 refreshes, \d+ failed/);
        expect(post?.log).toMatch(
          /refresh failed: .*\[OIDC_REQUEST_REFUSED\] The previous session is valid until/,
        );
      }),
    60_000,
  );

  test(
    'the token endpoint is away for a while: no call fails',
    () =>
      withLongJob(refresh, async (context, clock, ask) => {
        const { lab } = context;
        const { keyId } = await ask();
        lab.traffic.inject({ server: 'oidc', kind: { name: 'status', status: 503 }, times: 10_000 });
        clock.pass(UNTIL_DUE_S);
        for (let attempt = 0; attempt < 3; attempt++)
          await nextAttempt(context, clock, async () => expect((await ask()).keyId).toBe(keyId));
        lab.traffic.clearFaults();
        await until(async () => {
          clock.pass(PART_OF_PAUSE_S);
          const next = await ask();
          expect(next.keyId).toBeDefined();
          return next.keyId !== keyId;
        });
      }),
    60_000,
  );

  test(
    'the machine sleeps for three hours: the first call afterwards gets a new session',
    () =>
      withLongJob(refresh, async (context, clock, ask) => {
        const { keyId } = await ask();
        clock.pass(3 * HOUR_S);
        const awake = await ask();
        expect(awake.keyId).not.toBe(keyId);
        expect(awake).toMatchObject({ keyId: expect.any(String), error: '' });
        expect(await logOf(context)).toHaveLength(1);
      }),
    60_000,
  );
});

const posix = process.platform === 'win32' ? test.skip : test;

posix('a broker that is suspended for three hours answers the calls of that time with a new session', () =>
  withLongJob('broker', async (context, clock, ask) => {
    const { keyId } = await ask();
    const { pid } = await brokerOf(context);
    process.kill(pid, 'SIGSTOP');
    clock.pass(3 * HOUR_S);
    const waiting = ask();
    await pause(100);
    process.kill(pid, 'SIGCONT');
    expect((await waiting).keyId).not.toBe(keyId);
    expect((await ask()).keyId).toBe((await waiting).keyId);
    await context.finish();
  }),
);

/** Long enough to stop a process that waits for this answer. */
const SLOW_MS = 2_000;

posix.each([
  ['another one refreshes meanwhile', true],
  ['no other one runs', false],
])('a process that is suspended in a refresh for three hours returns a new session; %s', (_title, hasOther) =>
  withLongJob('process', async (context, clock, ask) => {
    const { lab } = context;
    const { keyId } = await ask();
    const counts = () => lab.traffic.counts();
    const folder = await refreshFolder(context);
    const locks = async () => (await readdir(folder)).filter((name) => /\.(lock|taking)$/.test(name));
    // The second of two requests: the session of the first one expires meanwhile.
    lab.traffic.inject({
      server: 'sts',
      operation: 'AssumeRole',
      kind: { name: 'slow', milliseconds: SLOW_MS },
    });
    clock.pass(HOUR_S);
    const before = counts().AssumeRole ?? 0;
    const suspended = ask();
    await until(() => (counts().AssumeRole ?? 0) > before);
    const [lock = ''] = await locks();
    const pid = Number((await readFile(path.join(folder, lock), 'utf8')).split(' ')[1]);
    process.kill(pid, 'SIGSTOP');
    clock.pass(3 * HOUR_S);
    const other = hasOther ? await ask() : undefined;
    if (hasOther) expect(other?.keyId).not.toBe(keyId);
    // Its own request has an answer by now.
    await pause(SLOW_MS + 100);
    process.kill(pid, 'SIGCONT');
    const resumed = await suspended;
    expect(resumed).toMatchObject({ keyId: expect.any(String), error: '' });
    expect(resumed.keyId).not.toBe(keyId);
    if (hasOther) expect((await ask()).keyId).toBe(other?.keyId);
    expect(await locks()).toEqual([]);
  }),
);
