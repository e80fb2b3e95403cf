import { fitting } from './fitting.ts';
import type { Entry, Receipt } from './receipt.ts';

/**
 * Bytes of the output. A later step gets it in a variable, which holds at most 128 KiB on Linux (execve(2),
 * `MAX_ARG_STRLEN`); outputs for other jobs may be larger.
 */
const MAX_BYTES = 120_000;

/**
 * The receipt as JSON for later steps, failures first. In a large fleet, the sessions without a failure have only what
 * identifies them; those that still do not fit are counted in `omitted`.
 */
export function jsonOf({ result, run, error, sessionName, entries }: Receipt): string {
  const head = {
    result,
    ...(run !== undefined && { run }),
    ...(error !== undefined && { error: { code: error.code, problem: error.problem } }),
    ...(sessionName !== undefined && { session_name: sessionName }),
  };
  const failed = entries.filter(({ failure }) => failure !== undefined);
  const others = entries.filter(({ failure }) => failure === undefined);
  const room =
    MAX_BYTES - Buffer.byteLength(JSON.stringify({ ...head, omitted: entries.length, sessions: [] }));
  const full = [...failed, ...others].map((entry) => JSON.stringify(inFull(entry)));
  const isFull = fitting(full, room, sizeOf).length === full.length;
  const brief = () => [...failed.map(inFull), ...others.map(inBrief)].map((entry) => JSON.stringify(entry));
  const shown = isFull ? full : fitting(brief(), room, sizeOf);
  const omitted = entries.length - shown.length;
  const rest = JSON.stringify({ ...head, ...(omitted > 0 && { omitted }) }).slice(0, -1);
  return `${rest},"sessions":[${shown.join(',')}]}`;
}

/** With the comma after it. */
const sizeOf = (text: string) => Buffer.byteLength(text) + 1;

function inBrief({ profile, unit, account, role, region, status }: Entry): object {
  return withoutEmpty({ profile, unit, account, role, region, status });
}

function inFull(entry: Entry): object {
  const { failure, arn, expiration, requestId, cloudTrail } = entry;
  const more = { code: failure?.code, cause: failure?.cause, arn, expiration, request_id: requestId };
  return { ...inBrief(entry), ...withoutEmpty({ ...more, cloudtrail: cloudTrail }) };
}

function withoutEmpty(members: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, text]) => text));
}
