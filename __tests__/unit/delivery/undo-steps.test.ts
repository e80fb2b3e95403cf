import { expect, test } from '@jest/globals';
import { UndoSteps } from '../../../src/delivery/undo-steps.ts';
import { ActionError } from '../../../src/platform/errors.ts';

function logInto(warnings: string[]) {
  const nothing = () => {};
  return {
    debug: nothing,
    info: nothing,
    group: nothing,
    warning: (text: string) => void warnings.push(text),
  };
}

test('parts are undone in reverse order', async () => {
  const undone: string[] = [];
  const undo = new UndoSteps();
  for (const part of ['files', 'folder', 'profiles']) undo.add(part, () => void undone.push(part));
  await undo.run(logInto([]));
  expect(undone).toEqual(['profiles', 'folder', 'files']);
});

test('a part that cannot be removed is a warning; the others are undone, and those after it know', async () => {
  const undone: unknown[] = [];
  const warnings: string[] = [];
  const undo = new UndoSteps();
  undo.add('files', (isIncomplete) => void undone.push(['files', isIncomplete]));
  undo.add('the profiles', async () => {
    throw new ActionError('PROFILE_FILE_FAILED', { problem: 'The file is locked.', remedy: 'Wait.' });
  });
  undo.add('the folder', () => {
    throw new Error('with a secret');
  });
  undo.add('ledger', (isIncomplete) => void undone.push(['ledger', isIncomplete]));
  await undo.run(logInto(warnings));
  expect(undone).toEqual([
    ['ledger', false],
    ['files', true],
  ]);
  expect(warnings).toEqual([
    'After the failure of this step, the folder could not be removed.',
    'After the failure of this step, the profiles could not be removed. The file is locked. Wait. [PROFILE_FILE_FAILED]',
  ]);
});
