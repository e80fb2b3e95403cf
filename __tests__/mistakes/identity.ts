import type { Mistake } from './mistake.ts';

/** Mistakes with the proof of identity that a session starts from. */
export const IDENTITY_MISTAKES: readonly Mistake[] = [
  {
    name: 'the token in a file has no mask',
    file: 'src/identity/token-file.ts',
    search: "if (jwt !== '') options.mask(jwt);",
    replace: '',
    test: '__tests__/e2e/identities.test.ts',
    testName: 'a token file in the workspace',
  },
  {
    name: 'the credentials of a container have no mask',
    file: 'src/identity/ambient.ts',
    search: 'mask(found.secretAccessKey);',
    replace: '',
    test: '__tests__/e2e/identities.test.ts',
    testName: 'from a container, at its own endpoint',
  },
  {
    name: 'the session of a container has no mask',
    file: 'src/identity/ambient.ts',
    search: 'if (found.sessionToken !== undefined) mask(found.sessionToken);',
    replace: '',
    test: '__tests__/e2e/identities.test.ts',
    testName: 'from a container, at its own endpoint',
  },
  {
    name: 'a dry run asks STS for the account of the access keys',
    file: 'src/actions/obtain.ts',
    search: 'if (config.dryRun)',
    replace: "if (config.dryRun && config.region === '')",
    test: '__tests__/e2e/dry-run.test.ts',
    testName: 'a role without an account has a placeholder',
  },
];
