import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ForwardProxy, startForwardProxy } from '../../lab/forward-proxy.ts';
import { Job, type StepResult } from '../../lab/job.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { RecordedRequest } from '../../lab/traffic.ts';
import { type Inputs, type Situation, worldOfSituations } from './situation.ts';

/** What was seen of one action in one situation, piece by piece: `step 1 env AWS_REGION` is `eu-west-1`. */
export type Observations = ReadonlyMap<string, string>;

/**
 * Plays a situation in a lab of its own.
 *
 * @param action the folder of the action's `action.yml`, relative to the repository
 */
export async function observe(action: string, situation: Situation): Promise<Observations> {
  const lab = await startLab({ world: worldOfSituations() });
  const proxy = situation.proxy === undefined ? undefined : await startForwardProxy({ ports: {} });
  const { idToken = true } = situation;
  const job = await Job.start({ lab, idToken, env: withProxy(situation.env ?? {}, proxy) });
  try {
    situation.world?.(lab.world);
    for (const name of situation.without ?? []) delete job.environment[name];
    for (const fault of situation.faults ?? []) lab.traffic.inject(fault);
    await situation.prepare?.(job, lab);
    return await play({ action, situation, lab, job, proxy });
  } finally {
    await job.dispose();
    await proxy?.close();
    await lab.close();
  }
}

interface Stage {
  readonly action: string;
  readonly situation: Situation;
  readonly lab: Lab;
  readonly job: Job;
  readonly proxy: ForwardProxy | undefined;
}

async function play(stage: Stage): Promise<Observations> {
  const { action, situation, lab, job, proxy } = stage;
  const seen: [string, string][] = [];
  for (const [index, inputs] of situation.steps.entries()) {
    const requests = lab.traffic.requests.length;
    const proxied = proxy?.requests.length ?? 0;
    const result = await job.uses(action, withProxy(inputs, proxy));
    const at = `step ${index + 1}`;
    seen.push(
      ...ofResult(at, result),
      [`${at} masked`, masked(result, lab)],
      ...ofRequests(at, lab.traffic.requests.slice(requests), situation.anyNumber ?? false),
      ...ofProxy(at, proxy?.requests.slice(proxied), lab),
    );
  }
  seen.push(...(await ofFiles('file', job)));
  for (const [index, result] of (await job.finish()).entries()) {
    seen.push(...ofResult(`post ${index + 1}`, result));
  }
  seen.push(...(await ofFiles('left', job)));
  const readable = readableNames(stage);
  return new Map(seen.map(([name, value]) => [name, readable(value)]));
}

function withProxy(texts: Inputs, proxy: ForwardProxy | undefined): Inputs {
  const entries = Object.entries(texts);
  return Object.fromEntries(
    entries.map(([name, text]) => [name, text === 'PROXY' ? (proxy?.url ?? '') : text]),
  );
}

function ofResult(at: string, { exitCode, environment, outputs }: StepResult): [string, string][] {
  const variables = Object.entries(environment).map(([name, value]) => [`${at} env ${name}`, value]);
  // To an expression an empty output is one that is not there.
  const set = Object.entries(outputs).filter(([, value]) => value !== '');
  const named = set.map(([name, value]) => [`${at} output ${name}`, value]);
  return [[`${at} exit`, String(exitCode)], ...variables, ...named] as [string, string][];
}

/** Which of the things that may be hidden in the log are. */
function masked({ commands }: StepResult, lab: Lab): string {
  const hidden = new Set(
    commands.flatMap(({ command, message }) => (command === 'add-mask' ? [message] : [])),
  );
  const sessions = [...lab.sts.callers].filter(([id]) => hidden.has(id)).map(([, caller]) => caller);
  const kinds: [string, boolean][] = [
    ['account', Object.keys(lab.world.accounts).some((id) => hidden.has(id))],
    ['key id', sessions.length > 0],
    ['secret', sessions.some(({ secretAccessKey }) => hidden.has(secretAccessKey))],
    ['token', sessions.some(({ sessionToken }) => hidden.has(sessionToken ?? ''))],
  ];
  return kinds.flatMap(([kind, is]) => (is ? [kind] : [])).join(', ');
}

function ofRequests(at: string, all: readonly RecordedRequest[], anyNumber: boolean): [string, string][] {
  const tokens = all.filter(({ server }) => server === 'oidc');
  const asked = all.filter(({ server }) => server === 'sts');
  const whoami = asked.filter(({ operation }) => operation === 'GetCallerIdentity');
  const sent = asked.filter(({ operation }) => operation !== 'GetCallerIdentity');
  const requests = anyNumber ? sent.slice(0, 1) : sent;
  return [
    [`${at} tokens`, tokens.map(({ parameters }) => parameters.audience ?? '(none)').join(', ')],
    ...(anyNumber ? [] : ([[`${at} whoami`, String(whoami.length)]] as [string, string][])),
    [`${at} requests`, String(requests.length)],
    ...asked.slice(0, 1).flatMap(({ headers }) => ofUserAgent(at, String(headers['user-agent']))),
    ...requests.flatMap((request, index) => ofRequest(`${at} request ${index + 1}`, request)),
  ];
}

/** The job in the header, and the name in it. */
function ofUserAgent(at: string, header: string): [string, string][] {
  const facts = header.match(/md\/(action|run_id|attempt)#\S+|exec-env\/\S+/g) ?? [];
  const names = header.match(/app\/\S+|configure-aws-credentials\S*/g) ?? [];
  return [
    [`${at} agent job`, facts.toSorted().join(' ')],
    [`${at} agent name`, names.join(' ')],
  ];
}

function ofRequest(
  at: string,
  { operation, parameters, region, accessKeyId }: RecordedRequest,
): [string, string][] {
  const seen = new Map([[`${at} operation`, operation]]);
  if (region !== undefined) seen.set(`${at} signed for`, region);
  if (accessKeyId !== undefined) seen.set(`${at} signed by`, accessKeyId);
  for (const [name, value] of Object.entries(parameters)) {
    if (name === 'Action' || name === 'Version') continue;
    const [, list, index, member] = /^(\w+)\.member\.(\d+)\.?(\w*)$/.exec(name) ?? [];
    if (list === undefined) seen.set(`${at} ${name}`, value);
    // Tags are known by their keys, whatever their order.
    else if (list === 'Tags') {
      if (member === 'Value') seen.set(`${at} tag ${parameters[`Tags.member.${index}.Key`]}`, value);
    } else seen.set(`${at} ${list} ${value}`, 'listed');
  }
  return [...seen];
}

function ofProxy(at: string, requests: readonly string[] | undefined, lab: Lab): [string, string][] {
  if (requests === undefined) return [];
  const through = (url: string) => requests.some((line) => line.includes(new URL(url).host));
  const servers: [string, boolean][] = [
    ['GitHub', through(lab.oidc.requestUrl)],
    ['STS', through(lab.sts.url)],
  ];
  return [[`${at} proxied`, servers.flatMap(([name, is]) => (is ? [name] : [])).join(', ')]];
}

/** The settings in both files, by section; comments and nested lines as they stand. */
async function ofFiles(at: string, job: Job): Promise<[string, string][]> {
  const seen: [string, string][] = [];
  for (const name of ['config', 'credentials']) {
    const text = await readFile(path.join(job.home, '.aws', name), 'utf8').catch(() => '');
    let section = '';
    for (const line of text.split('\n').filter((candidate) => candidate.trim() !== '')) {
      const [, header] = /^\[(.*)\]/.exec(line) ?? [];
      const [, key = '', value = ''] = /^([\w-]+) *= *(.*)$/.exec(line) ?? [];
      if (header !== undefined) section = header;
      if (header !== undefined) seen.push([`${at} ${name} [${section}]`, 'there']);
      else if (key !== '') seen.push([`${at} ${name} [${section}] ${key}`, value]);
      else seen.push([`${at} ${name} [${section}] as it stands: ${line}`, 'there']);
    }
  }
  return seen;
}

/** Replaces what is another in each run by what it is. */
function readableNames({ lab, job, proxy }: Stage): (text: string) => string {
  const names = new Map<string, string>();
  for (const [id, { arn, secretAccessKey, sessionToken }] of lab.sts.callers) {
    names.set(id, `<key of ${arn}>`).set(secretAccessKey, `<secret of ${arn}>`);
    if (sessionToken !== undefined) names.set(sessionToken, `<token of ${arn}>`);
  }
  for (const token of lab.oidc.tokens) names.set(token, '<OIDC token>');
  names
    .set(lab.sts.url, '<STS>')
    .set(job.home, '<home>')
    .set(job.temp, '<temp>')
    .set(job.workspace, '<workspace>');
  if (proxy !== undefined) names.set(proxy.url, '<proxy>');
  return (text) =>
    [...names]
      .reduce((known, [value, name]) => known.replaceAll(value, name), text)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replaceAll(/AROA[A-Z2-7]{17}/g, '<role ID>');
}
