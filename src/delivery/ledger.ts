import { rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../platform/environment.ts';
import {
  appendToOwnFile,
  hasOwnFolder,
  makeOwnFolder,
  OUR_FOLDER,
  readOwnFile,
} from '../platform/files/own-folder.ts';
import { parseJson } from '../platform/json.ts';
import type { WrittenProfiles } from '../shared-config/profiles.ts';

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
  keepInLedger({ variables, profiles, refreshing }, env);
}

/** Notes what later steps have to know: what was delivered, or what could not be unset. */
export function keepInLedger(entry: LedgerEntry, env: Environment): void {
  const file = ledgerFile(env);
  if (file === undefined) return;
  makeOwnFolder(path.dirname(file), env);
  // After a line that was cut short, ours would become part of it.
  appendToOwnFile(file, `\n${JSON.stringify(entry)}\n`);
}

/**
 * The names of the variables that earlier steps of this job exported and that nobody can unset.
 *
 * @throws ActionError `FOLDER_REFUSED`
 */
export function exportedByEarlierSteps(env: Environment): ReadonlySet<string> {
  return new Set(readLedger(env).entries.flatMap(({ variables }) => Object.keys(variables)));
}

/** What the ledger says. */
export interface Ledger {
  /** The latest first. */
  readonly entries: readonly LedgerEntry[];
  /** How many lines are no entries, such as one that a full disk cut short. */
  readonly broken: number;
}

/**
 * The entries of this job, which are then forgotten.
 *
 * @throws ActionError `FOLDER_REFUSED`
 */
export function takeLedger(env: Environment): Ledger {
  const ledger = readLedger(env);
  const file = ledgerFile(env);
  if (file !== undefined && hasOwnFolder(path.dirname(file), env)) rmSync(file, { force: true });
  return ledger;
}

function readLedger(env: Environment): Ledger {
  const file = ledgerFile(env);
  if (file === undefined || !hasOwnFolder(path.dirname(file), env)) return { entries: [], broken: 0 };
  const lines = (readOwnFile(file) ?? '').split('\n').filter((line) => line !== '');
  const entries = lines.flatMap((line) => asEntry(parseJson(line)) ?? []).reverse();
  return { entries, broken: lines.length - entries.length };
}

function asEntry(value: unknown): LedgerEntry | undefined {
  const { variables, profiles, refreshing } = (value ?? {}) as Record<keyof LedgerEntry, unknown>;
  const isEntry =
    isRecord(variables) &&
    Object.values(variables).every(isText) &&
    (profiles === undefined || isWrittenProfiles(profiles)) &&
    (refreshing === undefined || isText(refreshing));
  return isEntry ? (value as LedgerEntry) : undefined;
}

function isWrittenProfiles(value: unknown): boolean {
  const { id, files, made } = (value ?? {}) as Record<keyof WrittenProfiles, unknown>;
  return isText(id) && [files, made].every((list) => Array.isArray(list) && list.every(isText));
}

const isText = (value: unknown) => typeof value === 'string';
const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** For the post steps: `logout` is over, and the folder goes with its last file. */
export function removeLedger(env: Environment): void {
  const file = ledgerFile(env);
  if (file === undefined) return;
  try {
    if (!hasOwnFolder(path.dirname(file), env)) return;
    rmSync(file, { force: true });
    rmdirSync(path.dirname(file));
  } catch {
    // It is not ours, or another invocation has its sessions in it still.
  }
}

function ledgerFile({ RUNNER_TEMP }: Environment): string | undefined {
  return RUNNER_TEMP ? path.join(RUNNER_TEMP, OUR_FOLDER, 'delivered.jsonl') : undefined;
}
