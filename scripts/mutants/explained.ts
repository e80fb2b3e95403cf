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
];
