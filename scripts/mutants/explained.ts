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
  {
    what: 'a default that is never used',
    why: 'The compiler does not know that the text has this part, or that the next check rejects any default.',
    file: /src\/(aws\/regions|diagnosis\/causes\/by-policy|plan\/make-plan|platform\/(files\/(lock|own-folder)|host\/(host|outside)|http\/proxy-settings|runner\/(annotation|docs-link)|trace)|session\/existing-session)\.ts$/,
    from: /^(''|\[\])$/,
    to: /Stryker was here/,
  },
  {
    what: 'a check for the compiler',
    why: 'The value is always of this kind there: an earlier check, or the only caller, sees to it.',
    file: /src\/(aws\/regions|diagnosis\/(callers|check-trust-policies|explain-denials|causes\/by-(facts|policy))|plan\/make-plan|platform\/(clock|deadline|runner\/job)|session\/existing-session)\.ts$/,
    from: /^(rows\[row\]\?\.\[column\]|request\.operation [!=]== 'AssumeRole'|(profile\.)?source\.kind === '(node|profile)'|!\('role' in request\)|sourceId === undefined|profiles\?\.oidc|signal\?\.reason|cancellation\?\.reason|pullRequest\?\.head|wanted === undefined|mismatch\.key\?\.toLowerCase|denial\.caller\?\.arn|denial\.claims\?\.\[claim\]|claims\?\.\[key\.slice\(at \+ 1\)\]|throw new TypeError\('a trust policy belongs to a role'\);)$/,
  },
  {
    what: 'roles that all have an account',
    why: 'The filter tells the compiler so.',
    file: /src\/plan\/profile-list\.ts$/,
    from: /\.filter\(isComplete\)$/,
  },
  {
    what: 'an empty body in place of one that returns undefined or false',
    why: 'Callers do not tell them apart.',
    file: /src\/(diagnosis\/callers|platform\/(json|processes|http\/proxy-settings))\.ts$/,
    mutator: 'BlockStatement',
    to: '{}',
  },
  {
    what: 'codes of errors, and a check for links, on Windows',
    why: 'The mutants run on Linux. Tests on Windows run the code as it is.',
    file: /src\/platform\/files\/(lock|own-folder|replace-file)\.ts$/,
    from: /EPERM|EACCES|EBUSY|'EEXIST'|O_NOFOLLOW === 0|throwIfNoEntry|lstatSync|^false$/,
  },
  {
    what: 'a process of another user, and the time zone and language of `ps`',
    why: 'The mutants run as root on Linux, with UTC and the language C, where these make no difference.',
    file: /src\/platform\/processes\.ts$/,
    from: /EPERM|LC_ALL|^'(C|UTC)'$|process\.platform !== 'linux'/,
  },
  {
    what: 'a second look at what a path leads to',
    why: 'Each look is enough as long as nobody replaces the file between them.',
    file: /src\/platform\/files\/regular-file\.ts$/,
    from: /isFile\(\)$|not a regular file/,
  },
  {
    what: 'a limit that saves work or time',
    why: 'Without it the result is the same.',
    file: /src\/(aws\/regions|platform\/files\/(regular-file|replace-file))\.ts$/,
    from: /\.slice\(0, 32\)$|^other\.length \+ 1$|^length < buffer\.length$|^20 \* attempt$/,
  },
  {
    what: 'an unused connection that keeps the process running, or that the server closes',
    why: 'The process of the tests runs on anyway. End-to-end tests see to it that a step ends.',
    file: /src\/platform\/http\/agents\.ts$/,
    from: /^('close'|socket\.unref\(\);)$/,
  },
  {
    what: 'facts about a signed request that only a token needs, and the other way round',
    why: 'The look-up leads to nothing, or its result is not used.',
    file: /src\/diagnosis\/explain-denials\.ts$/,
    from: /^(claims === undefined|claims !== undefined|issuer === ''|'')$/,
    to: /^(true|false|"Stryker was here!")$/,
  },
  {
    what: 'the decoding of a file before it is parsed as JSON',
    why: 'The parser decodes UTF-8, too, and rejects what is no text.',
    file: /src\/platform\/host\/outside\.ts$/,
    from: /^('utf8'|\(\) => '')$/,
  },
  {
    what: 'brackets inside a host, and a name in place of an address',
    why: 'No URL has such a host. A list of addresses does not contain a name.',
    file: /src\/platform\/http\/proxy-settings\.ts$/,
    from: /^(\/\^\\\[\|\\\]\$\/g|family !== 0)$/,
  },
];
