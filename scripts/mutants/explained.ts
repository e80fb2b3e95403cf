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
    file: /shared-config\/locked-file|platform\/files\/lock/,
    from: /^(\{ force: true \}|true|\{ mtimeMs: clock\.now\(\) \})$/,
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
    file: /src\/aws\/wildcards\.ts$/,
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
    file: /src\/(aws\/(console|regions)|config\/(accounts-parsers|roles|selected-profiles|session-config)|diagnosis\/causes\/by-policy|plan\/make-plan|platform\/(files\/(lock|own-folder)|host\/(host|outside)|http\/proxy-settings|runner\/(annotation|docs-link|github-api)|trace)|session\/existing-session|shared-config\/edit)\.ts$/,
    from: /^(''|\[\]|'role-to-assume')$/,
    to: /Stryker was here|^""$/,
  },
  {
    what: 'a check for the compiler',
    why: 'The value is always of this kind there: an earlier check, or the only caller, sees to it.',
    file: /src\/(aws\/regions|config\/(roles|selected-profiles)|diagnosis\/(callers|check-trust-policies|explain-denials|causes\/by-(facts|policy))|plan\/make-plan|platform\/(clock|deadline|http\/agents|runner\/job)|session\/existing-session|shared-config\/(edit|locked-file|profiles-text))\.ts$/,
    from: /^(lines\[at\]\?\.replace|noted !== undefined|rows\[row\]\?\.\[column\]|givenRoles\[index\]\?\.input|nodes\.find\(.*\)\?\.request|request !== undefined|denial\.claims !== undefined|own === undefined|sections\.at\(-1\)\?\.settings|proxy === undefined|request\.operation [!=]== 'AssumeRole'|(profile\.)?source\.kind === '(node|profile)'|!\('role' in request\)|sourceId === undefined|profiles\?\.oidc|signal\?\.reason|cancellation\?\.reason|pullRequest\?\.head|wanted === undefined|mismatch\.key\?\.toLowerCase|denial\.caller\?\.arn|claims\?\.\[key\.slice\(at \+ 1\)\]|throw new TypeError\('a trust policy belongs to a role'\);)$/,
  },
  {
    what: 'a session that is not there',
    why: 'Its request is sent, whether nothing is known or nothing is remembered.',
    file: /src\/session\/known-sessions\.ts$/,
    from: 'outcome !== undefined',
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
    what: 'the owner of a lock that cannot be read',
    why: 'The mutants run as root, who can read every file. Of a file that is gone nothing is removed either way.',
    file: /src\/platform\/files\/lock\.ts$/,
    from: '() => owner',
  },
  {
    what: 'a process of another user, a hidden /proc, and how `ps` runs',
    why: 'The mutants run as root on Linux, which does not need `ps`. A process of its own tests the hidden /proc.',
    file: /src\/platform\/processes\.ts$/,
    from: /EPERM|LC_ALL|^'(C|UTC|ignore)'$|^\['ignore'|statOf\(pid\)\?\.\[0\]|process\.platform !== 'linux'/,
  },
  {
    what: 'permissions on Windows, and links in the root folder',
    why: 'The mutants run on Linux, where no test makes a link in the root folder. Tests on Windows and macOS run the code as it is.',
    file: /src\/shared-config\/locked-file\.ts$/,
    from: /win32|^place === file( \|\||$)/,
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
    what: 'an unused connection that keeps the process running',
    why: 'The process of the tests runs on anyway. End-to-end tests see to it that a step ends.',
    file: /src\/platform\/http\/early-agent\.ts$/,
    from: 'socket.unref();',
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
    what: 'the name of a family of addresses',
    why: 'Node.js takes every name but ipv4 for IPv6.',
    file: /src\/platform\/http\/proxy-settings\.ts$/,
    from: "'ipv6'",
  },
  {
    what: 'the error of a response that breaks off',
    why: 'The request reports the end of its connection, too.',
    file: /src\/platform\/http\/http\.ts$/,
    from: "'error'",
  },
  {
    what: 'the method of a request without a body',
    why: 'Node.js sends GET by default.',
    file: /src\/platform\/http\/http\.ts$/,
    from: "'GET'",
  },
  {
    what: "the address of GitHub's API, and a variable that the toolkit reads on import",
    why: 'The toolkit has the same default. The variable matters with a proxy in the environment of the whole process.',
    file: /src\/platform\/runner\/github-api\.ts$/,
    from: /^'(https:\/\/api\.github\.com|\*)'$/,
  },
  {
    what: 'two profiles of the same name',
    why: 'Each name is there once. The comparison is correct for others, too.',
    file: /src\/plan\/account-profiles\.ts$/,
    from: /^(a < b|a === b)$/,
  },
  {
    what: 'a constant of a module that loads during a test',
    why: 'It has its value before the change takes effect.',
    file: /src\/session\/organization-accounts\.ts$/,
    from: "'tag:'",
  },
  {
    what: 'brackets inside a host, and a name in place of an address',
    why: 'No URL has such a host. A list of addresses does not contain a name.',
    file: /src\/platform\/http\/proxy-settings\.ts$/,
    from: /^(\/\^\\\[\|\\\]\$\/g|family !== 0)$/,
  },
];
