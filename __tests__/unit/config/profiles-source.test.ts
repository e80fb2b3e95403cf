import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hasProfiles, profilesSource } from '../../../src/config/profiles-source.ts';
import { type Inputs, readerOf, textOf } from './problems.ts';

let workspace: string;
beforeAll(() => {
  workspace = mkdtempSync(path.join(os.tmpdir(), 'profiles-source-'));
  writeFileSync(path.join(workspace, 'profiles.ini'), '[a]\n');
  writeFileSync(path.join(workspace, 'empty.ini'), '');
});
afterAll(() => rmSync(workspace, { recursive: true }));

const source = (inputs: Inputs) => profilesSource(textOf(inputs), workspace);

describe('the profiles', () => {
  test.each<[string, Inputs, object | undefined]>([
    ['are the text of the input', { profiles: ' [b]\n' }, { input: 'profiles', text: ' [b]\n' }],
    ['are in the file', { 'profiles-file': ' profiles.ini\n' }, { input: 'profiles-file', text: '[a]\n' }],
    ['can be an empty file', { 'profiles-file': 'empty.ini' }, { input: 'profiles-file', text: '' }],
    [
      'are rather those of the input',
      { profiles: '[b]', 'profiles-file': 'profiles.ini' },
      { input: 'profiles', text: '[b]' },
    ],
    [
      'are those of the file if the input has white space only',
      { profiles: ' \n', 'profiles-file': 'profiles.ini' },
      { input: 'profiles-file', text: '[a]\n' },
    ],
    ['are not given', { profiles: ' ', 'profiles-file': '\n' }, undefined],
  ])('%s', async (_title, inputs, expected) => {
    expect(await source(inputs)).toEqual(expected);
    expect(hasProfiles(readerOf(inputs))).toBe(expected !== undefined);
  });

  test.each([
    ['absent\t.ini', 'absent\\t.ini, no such file'],
    ['.', '., a path that leads out of the workspace'],
    ['../x.ini', '../x.ini, no such file'],
  ])('are not in %j', async (file, found) => {
    expect(await source({ 'profiles-file': file })).toEqual({
      input: 'profiles-file',
      text: '',
      problem: {
        input: 'profiles-file',
        found,
        expected: 'the path of a file of at most 1 MB in the workspace, relative to it',
        remedy: 'Check out the repository in an earlier step, and correct the path.',
      },
    });
  });
});
