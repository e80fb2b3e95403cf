import { appendFileSync, mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../runner/runner.ts';
import type { WrittenProfiles } from '../shared-config/profiles.ts';
import { OUR_FOLDER } from './temp-folder.ts';

/**
 * What one invocation delivered, for `logout`, which is a step of its own and sees no other step's state. Variables by
 * name with the value to give back; what they held that was secret is not written down, and becomes empty.
 */
export interface LedgerEntry {
  readonly variables: Readonly<Record<string, string>>;
  readonly profiles: WrittenProfiles | undefined;
  /** The folder of sessions that refresh themselves. */
  readonly refreshing: string | undefined;
}

/** Variables whose former values may be written down. */
const PUBLIC = new Set(['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE']);

/** Adds what this invocation delivers. The file is its owner's alone, and gone with the runner's temporary folder. */
export function writeLedger(
  names: readonly string[],
  { profiles, refreshing }: Pick<LedgerEntry, 'profiles' | 'refreshing'>,
  env: Environment,
): void {
  const variables = Object.fromEntries(
    names.map((name) => [name, PUBLIC.has(name) ? (env[name] ?? '') : '']),
  );
  append({ variables, profiles, refreshing }, env);
}

function append(entry: LedgerEntry, env: Environment): void {
  const file = ledgerFile(env);
  if (file === undefined) return;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
}

/** Notes variables that this invocation leaves as an earlier one exported them, for the steps to come. */
export function keepInLedger(entry: LedgerEntry, env: Environment): void {
  append(entry, env);
}

/** The names of the variables that earlier steps of this job exported and that nobody can unset. */
export function exportedByEarlierSteps(env: Environment): ReadonlySet<string> {
  return new Set(readLedger(env).flatMap(({ variables }) => Object.keys(variables)));
}

/** The entries of this job, the latest first, and then forgets them. */
export function takeLedger(env: Environment): readonly LedgerEntry[] {
  const entries = readLedger(env);
  const file = ledgerFile(env);
  if (file !== undefined) rmSync(file, { force: true });
  return entries;
}

/** The entries of this job, the latest first. */
function readLedger(env: Environment): readonly LedgerEntry[] {
  const file = ledgerFile(env);
  if (file === undefined) return [];
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as LedgerEntry).reverse();
}

/** For the post steps: `logout` is over, and the folder goes with its last file. */
export function removeLedger(env: Environment): void {
  const file = ledgerFile(env);
  if (file === undefined) return;
  rmSync(file, { force: true });
  try {
    rmdirSync(path.dirname(file));
  } catch {
    // It was never made, or another invocation has its sessions in it still.
  }
}

function ledgerFile({ RUNNER_TEMP }: Environment): string | undefined {
  return RUNNER_TEMP ? path.join(RUNNER_TEMP, OUR_FOLDER, 'delivered.jsonl') : undefined;
}
