import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@jest/globals';
import { USES_FILE } from './input-coverage.ts';

const recorded = new Set<string>();

/** Records that an end-to-end test gave an action these inputs. */
export function recordInputs(action: string, inputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(inputs)) if (value !== '') record(`input ${action} ${name}`);
}

/** The outputs of a step, and a record of those that an end-to-end test reads. */
export function recordingOutputs<Outputs extends object>(action: string, outputs: Outputs): Outputs {
  return new Proxy(outputs, {
    get(target, name, receiver) {
      if (Object.hasOwn(target, name)) record(`output ${action} ${String(name)}`);
      return Reflect.get(target, name, receiver);
    },
  });
}

function record(use: string): void {
  const { testPath = '' } = expect.getState();
  if (recorded.has(use) || path.basename(path.dirname(testPath)) !== 'e2e') return;
  recorded.add(use);
  mkdirSync(path.dirname(USES_FILE), { recursive: true });
  appendFileSync(USES_FILE, `${use}\n`);
}
