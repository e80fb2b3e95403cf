/**
 * Runs two jobs with `refresh` for a real hour, one for each mode, against the lab: renewals, outages, a broker that is
 * suspended, and the end of the bearer. `__tests__/e2e/long-runs.test.ts` has six hours in simulated time.
 *
 *     npm run long-run                    one hour
 *     npm run long-run -- --minutes 10    at least 10 minutes
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  askEndpoint,
  askProcess,
  brokerOf,
  pause,
  refreshFolder,
  residentMegabytes,
} from '../__tests__/support/refresh.ts';
import { Job } from '../lab/job.ts';
import { type Lab, startLab } from '../lab/lab.ts';

/** A refresh is due after 90 seconds. */
const SESSION_S = 120;
/** Shorter than what is left of a session when its refresh is due, so that no call may fail. */
const AWAY_S = 20;
/** What a broker may use more at the end: a heap that is in use. */
const GROWTH_MB = 12;
/** A connection that is being closed when the handles are counted, at either end. */
const GROWTH_HANDLES = 4;

const MODES = ['process', 'broker'] as const;
type Mode = (typeof MODES)[number];
type Answer = { readonly keyId: string; readonly expiresAt: number } | { readonly error: string };
type Use = Readonly<Record<'files' | 'handles' | 'megabytes', number>>;

/** A job with one mode, and what its later steps got. */
class LongJob {
  readonly mode: Mode;
  readonly context: Parameters<typeof askProcess>[0];
  readonly keys = new Set<string>();
  readonly problems: string[] = [];
  answers = 0;
  refusals = 0;
  isSuspended = false;

  private constructor(mode: Mode, lab: Lab, job: Job) {
    this.mode = mode;
    this.context = { lab, job, uses: (inputs) => job.uses('.', inputs), finish: () => job.finish() };
  }

  static async start(mode: Mode, lab: Lab): Promise<LongJob> {
    const long = new LongJob(mode, lab, await Job.start({ lab }));
    const step = await long.context.uses({
      'aws-region': 'eu-west-1',
      'role-to-assume': 'arn:aws:iam::111111111111:role/deploy-hub',
      'role-chain': 'arn:aws:iam::222222222222:role/deploy',
      refresh: mode,
    });
    if (step.exitCode !== 0) throw new Error(step.log);
    return long;
  }

  async #ask(): Promise<Answer> {
    if (this.mode === 'process') {
      const { code, stdout, stderr } = await askProcess(this.context);
      if (code !== 0) return { error: stderr };
      const { AccessKeyId, Expiration } = JSON.parse(stdout);
      return { keyId: AccessKeyId, expiresAt: Date.parse(Expiration) };
    }
    const { status, body } = await askEndpoint(this.context);
    if (status !== 200) return { error: body.message ?? '' };
    return { keyId: body.AccessKeyId ?? '', expiresAt: Date.parse(body.Expiration ?? '') };
  }

  /** One call of a later step. It must succeed, except that it may be told of the end of the bearer. */
  async call(hasBearer: boolean): Promise<void> {
    if (this.isSuspended) return;
    const answer = await this.#ask().catch((error: unknown): Answer => ({ error: String(error) }));
    const at = new Date().toISOString();
    this.answers++;
    if ('error' in answer) {
      this.refusals++;
      if (hasBearer || !answer.error.includes('[OIDC_REQUEST_REFUSED]'))
        this.problems.push(`${at}: ${answer.error}`);
    } else {
      this.keys.add(answer.keyId);
      if (answer.expiresAt <= Date.now()) this.problems.push(`${at}: a session that has expired`);
    }
  }

  async log(): Promise<string[]> {
    const file = path.join(await refreshFolder(this.context), 'refreshes.jsonl');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  async use(): Promise<Use> {
    const names = readdirSync(await refreshFolder(this.context));
    const files = names.filter((name) => name !== 'refreshes.jsonl').length;
    if (this.mode === 'process') return { files, handles: 0, megabytes: 0 };
    const { pid } = await brokerOf(this.context);
    const handles = process.platform === 'linux' ? readdirSync(`/proc/${pid}/fd`).length : 0;
    return { files, handles, megabytes: residentMegabytes(pid) };
  }

  async suspend(isSuspended: boolean): Promise<void> {
    if (this.mode !== 'broker') return;
    this.isSuspended = isSuspended;
    process.kill((await brokerOf(this.context)).pid, isSuspended ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Compares the use of the job at its end with that at its begin. */
  compare(before: Use, after: Use): void {
    const more = (name: keyof Use, allowed: number) => {
      if (after[name] - before[name] > allowed)
        this.problems.push(`${name}: ${before[name]} at first, then ${after[name]}`);
    };
    more('files', 0);
    more('handles', GROWTH_HANDLES);
    more('megabytes', GROWTH_MB);
  }

  async finish(): Promise<void> {
    const [post] = await this.context.finish();
    if (post?.exitCode !== 0 || post.stderr !== '') this.problems.push(`the post step failed: ${post?.log}`);
    console.log(`${this.mode}: ${/Refreshed sessions: .*/.exec(post?.log ?? '')?.[0]}`);
    await this.context.job.dispose();
  }
}

/** What happens in the run, in seconds since its start. */
function eventsOf(seconds: number, lab: Lab, jobs: readonly LongJob[]) {
  const away = (server: 'oidc' | 'sts') => () =>
    lab.traffic.inject({ server, kind: { name: 'status', status: 503 }, times: 100_000 });
  const back = () => lab.traffic.clearFaults();
  const suspend = (is: boolean) => () => Promise.all(jobs.map((job) => job.suspend(is)));
  const part = (share: number) => Math.round(seconds * share);
  return [
    { at: part(0.3), what: 'the token endpoint is away', run: away('oidc') },
    { at: part(0.3) + AWAY_S, what: 'the token endpoint is back', run: back },
    { at: part(0.5), what: 'the broker is suspended', run: suspend(true) },
    { at: part(0.5) + SESSION_S + 10, what: 'the broker runs again', run: suspend(false) },
    { at: part(0.8), what: 'STS is away', run: away('sts') },
    { at: part(0.8) + AWAY_S, what: 'STS is back', run: back },
  ];
}

const say = (seconds: number, text: string) => console.log(`${Math.floor(seconds / 60)} min: ${text}`);

async function run(seconds: number): Promise<readonly string[]> {
  const lab = await startLab({ sessionSeconds: SESSION_S });
  const jobs = await Promise.all(MODES.map((mode) => LongJob.start(mode, lab)));
  const events = eventsOf(seconds, lab, jobs);
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  const callUntil = async (end: number, hasBearer: boolean) => {
    for (let minute = Math.floor(elapsed() / 60); elapsed() < end; await pause(1_000)) {
      while (elapsed() >= (events[0]?.at ?? Number.POSITIVE_INFINITY)) {
        const event = events.shift();
        say(elapsed(), event?.what ?? '');
        await event?.run();
      }
      await Promise.all(jobs.map((job) => job.call(hasBearer)));
      if (Math.floor(elapsed() / 60) === minute) continue;
      minute = Math.floor(elapsed() / 60);
      say(
        elapsed(),
        jobs.map(({ mode, answers, keys }) => `${mode} ${answers} calls, ${keys.size} sessions`).join('; '),
      );
    }
  };
  // The first quarter loads what is loaded later.
  await callUntil(seconds / 4, true);
  const before = await Promise.all(jobs.map((job) => job.use()));
  await callUntil(seconds, true);
  const after = await Promise.all(jobs.map((job) => job.use()));
  for (const [index, job] of jobs.entries()) {
    job.compare(before[index] as Use, after[index] as Use);
    const [events, sessions] = [(await job.log()).length, job.keys.size];
    console.log(job.mode, { before: before[index], after: after[index], events, sessions });
    // Sessions that expired while the broker was suspended are missing, and the outages added some failures.
    if (sessions < seconds / SESSION_S - 2) job.problems.push(`${sessions} sessions only`);
    if (events > 2 * sessions + 40) job.problems.push(`${events} events in the log`);
  }

  say(elapsed(), 'the bearer of the jobs ends');
  lab.traffic.inject({ server: 'oidc', kind: { name: 'status', status: 401 }, times: 100_000 });
  await callUntil(seconds + SESSION_S + 60, false);
  for (const job of jobs) {
    if (job.refusals === 0) job.problems.push('no call was told of the end of the bearer');
    await job.finish();
  }
  await lab.close();
  return jobs.flatMap(({ mode, problems }) => problems.map((problem) => `${mode}: ${problem}`));
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const minutes = Number(values.minutes);
if (!(minutes >= 10)) throw new Error('--minutes takes a number from 10 on.');
const problems = await run(minutes * 60);
for (const problem of problems) console.log(`FAILED ${problem.trim()}`);
console.log(`${minutes} minutes, ${problems.length} problems.`);
process.exitCode = problems.length === 0 ? 0 : 1;
