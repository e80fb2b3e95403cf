/** A mistake that only a built program shows, and the test that finds it. `npm run mistakes` makes each of them. */
export interface Mistake {
  /** What the program does wrong. */
  readonly name: string;
  /** A source file, relative to the repository. */
  readonly file: string;
  /** Text that the file contains exactly once. */
  readonly search: string;
  readonly replace: string;
  /** The programs in `dist/` that contain the file. */
  readonly programs: readonly string[];
  /** The path of the test file that has to fail. */
  readonly test: string;
  /** The part of a test name, to run only these tests of the file. */
  readonly testName?: string;
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: 'the token in a file has no mask',
    file: 'src/identity/token-file.ts',
    search: "if (jwt !== '') options.mask(jwt);",
    replace: '',
    programs: ['main'],
    test: '__tests__/e2e/identities.test.ts',
    testName: 'a token file in the workspace',
  },
  {
    name: 'the credentials of a container have no mask',
    file: 'src/identity/ambient.ts',
    search: 'mask(found.secretAccessKey);',
    replace: '',
    programs: ['main'],
    test: '__tests__/e2e/identities.test.ts',
    testName: 'from a container, at its own endpoint',
  },
  {
    name: 'the session of a container has no mask',
    file: 'src/identity/ambient.ts',
    search: 'if (found.sessionToken !== undefined) mask(found.sessionToken);',
    replace: '',
    programs: ['main'],
    test: '__tests__/e2e/identities.test.ts',
    testName: 'from a container, at its own endpoint',
  },
  {
    name: 'a signal stops the post step',
    file: 'src/platform/host/cancellation.ts',
    search: 'process.on(signal, () => {})',
    replace: 'process.off(signal, () => {})',
    programs: ['post'],
    test: '__tests__/attacks/leftovers.test.ts',
    testName: 'the post step of',
  },
  {
    name: 'the clock of the broker goes back when the system clock does',
    file: 'src/entry/broker.ts',
    search: 'clock: steadyClock()',
    replace: 'clock: thisOutside().clock',
    programs: ['broker'],
    test: '__tests__/attacks/wrong-clock.test.ts',
    testName: 'a clock that is set while it runs',
  },
  {
    name: 'the credential process writes workflow commands to standard error',
    file: 'src/entry/credential-process.ts',
    search: 'plainText(text)',
    replace: 'text',
    programs: ['credential-process'],
    test: '__tests__/attacks/runner-commands.test.ts',
    testName: 'credential process',
  },
];
