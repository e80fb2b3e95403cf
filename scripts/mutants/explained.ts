/** Why mutants survive that no test should find. `docs/quality.md` has the list with the number of mutants. */

/** Mutants with the same explanation. What is left out matches every mutant. */
export interface Explanation {
  /** The kind of change, for the page. */
  readonly what: string;
  readonly why: string;
  readonly file?: RegExp;
  readonly mutator?: string;
  /** The code before the change. */
  readonly from?: string | RegExp;
  /** The code after it. */
  readonly to?: string | RegExp;
}

export const EXPLAINED: readonly Explanation[] = [
  {
    what: 'the check that a configuration without problems is complete',
    why: 'Each input that it asks for is required, so that its absence is a problem. The compiler needs the check.',
    file: /config\/read-config/,
    from: /region === undefined|(partition|identity) === undefined$|a required input is missing/,
  },
  {
    what: 'profiles that are undefined in the rules for profiles',
    why: 'These rules apply only with profiles. The compiler does not know that.',
    file: /config\/profile-rules/,
    from: 'profiles?.entries',
  },
  {
    what: 'the end of a block in the line of its beginning',
    why: 'One line cannot be both.',
    file: /shared-config\/edit/,
    from: 'to < from',
    to: 'to <= from',
  },
  {
    what: 'a file without any permission whose permissions are not to be restored',
    why: 'Only root can read such a file at all. The compiler needs the check.',
    file: /shared-config\/locked-file/,
    from: 'mode !== undefined',
    to: 'true',
  },
  {
    what: 'names in a folder that cannot be read',
    why: 'A name other than that of a temporary file is passed over.',
    file: /shared-config\/locked-file/,
    mutator: 'ArrayDeclaration',
    from: '[]',
  },
  {
    what: 'a temporary file that another process removes between two system calls',
    why: 'No test can come between them.',
    file: /shared-config\/locked-file/,
    from: /^(\{ force: true \}|true)$/,
  },
  {
    what: 'the name in a header that is not valid',
    why: 'Any text that is not the header of a profile does.',
    file: /shared-config\/profiles-text/,
    mutator: 'StringLiteral',
    from: "''",
  },
  {
    what: 'a default for a part that is always there',
    why: 'The compiler does not know that a split text has a first part, and a matched expression its groups.',
    file: /src\/trust\/(breadth|breadth-findings|condition-operators|intended-jobs|job-setup|outsiders|probes|setup-link|statement|subject)\.ts$/,
    from: /^(''|\[\])$/,
    to: /Stryker was here/,
  },
  {
    what: 'a list of names that no request has, in place of an empty one',
    why: 'Neither list names the principal.',
    file: /src\/trust\/evaluate\.ts$/,
    from: '[]',
  },
  {
    what: 'a check that saves work',
    why: 'Without it, the slower way leads to the same result.',
    file: /src\/trust\/breadth-findings\.ts$/,
    from: 'loose.length === 0',
  },
  {
    what: 'an error of another kind',
    why: 'Reading a policy throws no other; the check keeps mistakes in the code from looking like a refusal.',
    file: /src\/trust\/document\.ts$/,
    from: 'error instanceof Refusal',
  },
  {
    what: 'the letter case in which names are compared',
    why: 'Both are converted alike.',
    file: /src\/trust\/document\.ts$/,
    from: 'key.toLowerCase()',
  },
  {
    what: 'a check for the compiler',
    why: 'The value never occurs there: a group within no other, a claim without values, null in a policy.',
    file: /src\/trust\/(breadth|breadth-findings|render\/terraform)\.ts$/,
    from: /^(within === undefined|values !== undefined|token === undefined|value === null)$/,
  },
  {
    what: 'a value that nothing compares',
    why: 'Another value does as well: one that is not true, an audience of others, a text for a wildcard.',
    file: /src\/trust\/(breadth|condition-findings|intended-jobs)\.ts$/,
    from: /^(\(\) => false|'https:\/\/stranger\.example'|'x')$/,
  },
  {
    what: 'the start or end of a scan',
    why: 'Outside the text there is no character, and outside an object no key.',
    file: /src\/trust\/document-text\.ts$/,
    from: /^(false|at < text\.length)$/,
  },
  {
    what: 'an anchor at the start of an expression',
    why: 'The expression matches at the start of every text that it meets.',
    file: /src\/trust\/(condition-operators|job-setup|probes)\.ts$/,
    mutator: 'Regex',
    from: /^\/\^/,
    to: /^\/[^^]/,
  },
  {
    what: 'the last character of a run of `*` in place of the first',
    why: 'They are the same.',
    file: /src\/trust\/wildcards\.ts$/,
    from: "unit.startsWith('*')",
  },
  {
    what: 'no return of undefined',
    why: 'A function without a return returns undefined as well.',
    file: /src\/trust\/setup-link\.ts$/,
    mutator: 'BlockStatement',
  },
  {
    what: 'a list with texts and other values',
    why: 'A trust policy has no such list.',
    file: /src\/trust\/render\/terraform\.ts$/,
    from: /^value\.every/,
  },
];
