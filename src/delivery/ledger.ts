import { rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../platform/environment.ts';
import {
  appendToOwnFile,
  hasOwnFolder,
  makeOwnFolder,
  ownFolder,
  readOwnFile,
  truncateOwnFile,
} from '../platform/files/own-folder.ts';
import { parseJson } from '../platform/json.ts';
import type { WrittenProfiles } from '../shared-config/profiles.ts';
import type { Undo } from './undo-steps.ts';

/** What one step delivered, for `logout` and later steps, which cannot read the state of another step. */
export interface LedgerEntry {
  /** The values to restore, by name. Secret values are not written to disk and become empty. */
  readonly variables: Readonly<Record<string, string>>;
  readonly profiles: WrittenProfiles | undefined;
  readonly refreshing: string | undefined;
}

const PUBLIC = new Set(['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE']);

/** Records what this step delivers. */
export function recordDelivery(
  names: readonly string[],
  { profiles, refreshing }: Pick<LedgerEntry, 'profiles' | 'refreshing'>,
  env: Environment,
): void {
  const variables = names.map((name) => [name, PUBLIC.has(name) ? (env[name] ?? '') : '']);
  appendToLedger({ variables: Object.fromEntries(variables), profiles, refreshing }, env);
}

/** Adds an entry. Only this user can read the file, and the runner removes it with its temporary folder. */
export function appendToLedger(entry: LedgerEntry, env: Environment): void {
  const file = ledgerFile(env);
  if (file === undefined) return;
  makeOwnFolder(path.dirname(file), env);
  // The line break in front ends a truncated line, which would swallow the entry.
  appendToOwnFile(file, `\n${JSON.stringify(entry)}\n`);
}

/**
 * Remembers the ledger as it is, and takes back what is added to it.
 *
 * @throws ActionError `FOLDER_REFUSED`
 */
export function rememberLedger(env: Environment): Undo {
  const { file, text } = ledgerText(env);
  if (file === undefined || text === undefined) return () => removeLedger(env);
  return () => truncateOwnFile(file, Buffer.byteLength(text));
}

/**
 * The names of the variables that earlier steps of this job exported.
 *
 * @throws ActionError `FOLDER_REFUSED`
 */
export function exportedByEarlierSteps(env: Environment): ReadonlySet<string> {
  return new Set(readLedger(env).entries.flatMap(({ variables }) => Object.keys(variables)));
}

export interface Ledger {
  /** The latest first. */
  readonly entries: readonly LedgerEntry[];
  /** The number of lines that are not entries, for example a truncated line. */
  readonly broken: number;
}

/**
 * Returns the entries of this job, and removes the file.
 *
 * @throws ActionError `FOLDER_REFUSED`
 */
export function takeLedger(env: Environment): Ledger {
  const ledger = readLedger(env);
  const { file } = ledgerText(env);
  if (file !== undefined) rmSync(file, { force: true });
  return ledger;
}

function readLedger(env: Environment): Ledger {
  const lines = (ledgerText(env).text ?? '').split('\n').filter((line) => line !== '');
  const entries = lines.flatMap((line) => asEntry(parseJson(line)) ?? []).reverse();
  return { entries, broken: lines.length - entries.length };
}

/** The ledger and its text; undefined if it does not exist. */
function ledgerText(env: Environment): { file?: string; text?: string | undefined } {
  const file = ledgerFile(env);
  return file !== undefined && hasOwnFolder(path.dirname(file), env) ? { file, text: readOwnFile(file) } : {};
}

function asEntry(value: unknown): LedgerEntry | undefined {
  const { variables, profiles, refreshing } = (value ?? {}) as Record<keyof LedgerEntry, unknown>;
  const { id, files, made } = (profiles ?? {}) as Record<keyof WrittenProfiles, unknown>;
  const areProfiles = isText(id) && [files, made].every((list) => Array.isArray(list) && list.every(isText));
  const isEntry =
    variables?.constructor === Object &&
    Object.values(variables).every(isText) &&
    (profiles === undefined || areProfiles) &&
    (refreshing === undefined || isText(refreshing));
  return isEntry ? (value as LedgerEntry) : undefined;
}

const isText = (value: unknown) => typeof value === 'string';

/** Removes the ledger, and the own folder with it if nothing else is in it. Never throws. */
export function removeLedger(env: Environment): void {
  const file = ledgerFile(env);
  if (file === undefined) return;
  try {
    if (!hasOwnFolder(path.dirname(file), env)) return;
    rmSync(file, { force: true });
    rmdirSync(path.dirname(file));
  } catch {
    // This action did not create it, or another step still has its sessions in it.
  }
}

function ledgerFile(env: Environment): string | undefined {
  const folder = ownFolder(env);
  return folder === undefined ? undefined : path.join(folder, 'delivered.jsonl');
}
