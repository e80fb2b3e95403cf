import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { type Action, inputEntries, isInputOf } from '../../src/config/inputs.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The inputs and outputs that end-to-end tests used in this run, one on each line. */
export const USES_FILE = path.join(ROOT, '.cache/used-inputs.txt');

/** The part of jest's results that the reporter reads. */
interface Results {
  readonly success: boolean;
  readonly testResults: readonly { readonly testFilePath: string }[];
}

/**
 * A reporter for jest: a complete and successful run of the end-to-end tests fails if one of the inputs was never given to
 * an action, or one of the outputs never read.
 */
export default class InputCoverage {
  readonly #isPart: boolean;
  #error: Error | undefined;

  constructor({ testNamePattern = '' }: { readonly testNamePattern?: string }) {
    this.#isPart = testNamePattern !== '';
  }

  onRunStart(): void {
    rmSync(USES_FILE, { force: true });
  }

  onRunComplete(_contexts: unknown, { success, testResults }: Results): void {
    const folder = path.join(ROOT, '__tests__/e2e');
    const ran = new Set(testResults.map(({ testFilePath }) => testFilePath));
    const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
    if (this.#isPart || !success || !files.every((file) => ran.has(path.join(folder, file)))) return;
    const unused = unusedIn(readFileSync(USES_FILE, 'utf8'));
    if (unused.length > 0) {
      this.#error = new Error(`no end-to-end test uses ${unused.join(', ')}`);
      console.error(this.#error.message);
    }
  }

  getLastError(): Error | undefined {
    return this.#error;
  }
}

const FOLDERS: Readonly<Record<Action, string>> = {
  main: '.',
  exec: 'exec',
  matrix: 'matrix',
  audit: 'audit',
};

/** The inputs and outputs of the actions that are not in a record of uses. An input is one for all actions that have it. */
export function unusedIn(record: string): string[] {
  const uses = new Set(record.trim().split('\n'));
  const actions = Object.keys(FOLDERS) as Action[];
  const inputs = inputEntries()
    .filter(([name]) =>
      actions.every((action) => !isInputOf(name, action) || !uses.has(`input ${FOLDERS[action]} ${name}`)),
    )
    .map(([name]) => `input ${name}`);
  const outputs = actions.flatMap((action) =>
    outputsOf(FOLDERS[action])
      .filter((name) => !uses.has(`output ${FOLDERS[action]} ${name}`))
      .map((name) => `output ${name} of ${action}`),
  );
  return [...inputs, ...outputs];
}

function outputsOf(folder: string): string[] {
  const metadata = parse(readFileSync(path.join(ROOT, folder, 'action.yml'), 'utf8')) as { outputs?: object };
  return Object.keys(metadata.outputs ?? {});
}
