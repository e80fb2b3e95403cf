import { mistakesIn } from './mistake.ts';

/** What a step stores for a refresh, and the credential process. */
export const REFRESH_MISTAKES = [
  ...mistakesIn('src/refresh/start-refreshing.ts', [
    [
      'the sessions of the step are not in the cache',
      'await writeCache(cacheFile(folder, profile.name), { cached, failure: undefined });',
      'await writeCache(cacheFile(folder, profile.name), { cached: cached && undefined, failure: undefined });',
      'e2e/refresh-process',
      'is the Version 1 JSON',
    ],
  ]),
  ...mistakesIn('src/refresh/stored/stored-plan.ts', [
    [
      'a refresh finds the credentials of the environment by the variables of later steps',
      "variables: startsFrom('ambient') ? awsVariables(env) : {},",
      "variables: startsFrom('ambient') && env.CI === '' ? awsVariables(env) : {},",
      'e2e/refresh-process',
      'what the environment has is looked for',
    ],
    [
      'the path of a token file is stored relative to the workspace',
      "path: path.resolve(env.GITHUB_WORKSPACE ?? '.', identity.path)",
      'path: path.normalize(identity.path)',
      'e2e/refresh-process',
      'a token file is read again',
    ],
    [
      'the URL for the OIDC token is not stored',
      "oidcRequestUrl: startsFrom('github-oidc') ? env.ACTIONS_ID_TOKEN_REQUEST_URL : undefined,",
      'oidcRequestUrl: undefined,',
      'attacks/renewals-elsewhere',
      'another OIDC endpoint',
    ],
    [
      'other users can read the stored plan',
      'await replaceFile(planFile(folder), JSON.stringify(plan), 0o600);',
      'await replaceFile(planFile(folder), JSON.stringify(plan), 0o644);',
      'e2e/refresh-process',
      'for its owner alone',
    ],
  ]),
  ...mistakesIn('src/refresh/stored/stored-plan.ts', [
    [
      'the plan of another version is used',
      'version === VERSION &&',
      'version !== undefined &&',
      'e2e/refresh-process',
      'a corrupted plan',
    ],
    [
      'a later step leads the refresh to another OIDC endpoint',
      '...(oidcRequestUrl !== undefined && { ACTIONS_ID_TOKEN_REQUEST_URL: oidcRequestUrl }),',
      "...(oidcRequestUrl === '' && { ACTIONS_ID_TOKEN_REQUEST_URL: oidcRequestUrl }),",
      'attacks/renewals-elsewhere',
      'another OIDC endpoint',
    ],
  ]),
  ...mistakesIn('src/sts/send-once.ts', [
    [
      'a session counts from when its answer is read, which can be after a sleep',
      'here: startedAt',
      'here: clock.now()',
      'e2e/long-runs',
      'no other one runs',
    ],
  ]),
  ...mistakesIn('src/refresh/stored/replay-plan.ts', [
    [
      'each refresh leaves its connections open',
      '    close();\n',
      '    void close;\n',
      'e2e/long-runs',
      'refresh: broker six hours',
    ],
    [
      'a refresh does not check allowed-account-ids',
      'assertGuards(outcome, stored.guards, (await sts()).now());',
      'void assertGuards;',
      'e2e/refresh-process',
      'meets allowed-account-ids again',
    ],
  ]),
  ...mistakesIn('src/refresh/stored/session-cache.ts', [
    [
      'other users can read the cache',
      'await replaceFile(file, JSON.stringify(entry), 0o600);',
      'await replaceFile(file, JSON.stringify(entry), 0o644);',
      'e2e/refresh-process',
      'for its owner alone',
    ],
  ]),
  ...mistakesIn('src/refresh/stored/session-cache.ts', [
    [
      'a cache without keys is used',
      'if (!isComplete || session === undefined) return undefined;',
      'if (session === undefined) return undefined;',
      'e2e/refresh-process',
      'a corrupted cache',
    ],
  ]),
  ...mistakesIn('src/refresh/stored/cached-session.ts', [
    [
      'a session is used until it expires',
      'const FRESH_PART = 0.75;',
      'const FRESH_PART = 1;',
      'e2e/refresh-process',
      'is the Version 1 JSON',
    ],
    [
      'a session is refreshed all the time',
      'const FRESH_PART = 0.75;',
      'const FRESH_PART = 0;',
      'e2e/refresh-process',
      'is the Version 1 JSON',
    ],
    [
      'the remaining time follows from the clock of STS',
      'const age = now - cached.obtainedAt;',
      'const age = now - (cached.session.credentials.expiration.getTime() - cached.durationMs);',
      'attacks/wrong-clock',
      'credential process',
    ],
  ]),
  ...mistakesIn('src/refresh/stored/current-session.ts', [
    [
      'a refresh that was suspended is not attempted again',
      'if (limits.length === 0) limits.push(timeoutSeconds);',
      '',
      'e2e/long-runs',
      'no other one runs',
    ],
    [
      'a refresh that was suspended replaces the session of another process',
      'if (isFresh(cached, clock.now())) return { cached, failure: undefined };\n      if (limits',
      'void cached;\n      if (limits',
      'e2e/long-runs',
      'another one refreshes meanwhile',
    ],
    [
      'concurrent processes do not wait for each other',
      'const unlock = await lock(`${file}.lock`, clock, { patienceMs, staleMs });',
      'const unlock = await lock(`${file}.${process.pid}.lock`, clock, { patienceMs, staleMs });',
      'e2e/refresh-process',
      'many processes at once',
    ],
    [
      'a process refreshes although another one has just done it',
      'if (isFresh(entry.cached, clock.now())) return { cached: entry.cached, failure: undefined };',
      '',
      'e2e/refresh-process',
      'many processes at once',
    ],
    [
      'a process fails while another one refreshes the session',
      'if (fallback !== undefined) return { cached: fallback, failure: undefined };',
      '',
      'e2e/refresh-process',
      'while another process refreshes it',
    ],
    [
      'each process repeats a refresh that has just failed',
      'if (nextAttemptAt > startedAt) return',
      'if (nextAttemptAt > startedAt + 1e12) return',
      'e2e/refresh-process',
      'while its refresh is denied',
    ],
    [
      'a valid session is not handed out after a failed refresh',
      'if (isValid(entry.cached, now)) return { cached: entry.cached, failure };',
      '',
      'e2e/refresh-process',
      'STS cannot be reached',
    ],
    [
      'a lock is not released',
      '    await unlock();',
      '    void unlock;',
      'e2e/refresh-process',
      'killed in the middle of a refresh',
    ],
  ]),
  ...mistakesIn('src/platform/files/lock.ts', [
    [
      'the lock of a dead process is waited for',
      '(host === os.hostname() && !isAlive(Number(pid)))',
      "(host === '' && !isAlive(Number(pid)))",
      'e2e/refresh-process',
      'killed in the middle of a refresh',
    ],
  ]),
  ...mistakesIn('src/refresh/credential-process/credential-process.ts', [
    [
      'a failed refresh has exit code 0',
      'return 1;',
      'return 0;',
      'e2e/refresh-process',
      'STS cannot be reached',
    ],
    [
      'an error is on standard output',
      'error(`${inOneLine(asActionError(thrown))}\\n`);',
      'out(`${inOneLine(asActionError(thrown))}\\n`);',
      'e2e/refresh-process',
      'a corrupted plan',
    ],
    [
      'a session that was not refreshed has no warning',
      'if (warning !== undefined) error(`${warning}\\n`);',
      'void warning;',
      'e2e/refresh-process',
      'STS cannot be reached',
    ],
  ]),
  ...mistakesIn('src/entry/credential-process.ts', [
    [
      'the credential process writes workflow commands to standard error',
      'plainText(text)',
      'text',
      'attacks/runner-commands',
      'credential process',
    ],
  ]),
  ...mistakesIn('src/platform/files/own-folder.ts', [
    [
      'the log of refreshes is appended through a symbolic link',
      'flags | O_NOFOLLOW | O_NONBLOCK',
      'flags | O_NONBLOCK',
      'attacks/folder',
      'the list of refreshes',
    ],
  ]),
  ...mistakesIn('src/platform/files/own-folder.ts', [
    [
      'what is in place of a file is told by the error code that Linux has for it',
      'if (found?.isFile() === false)',
      "if (found?.isFile() === false && systemErrorCode(error) === 'ENXIO')",
      'e2e/like-macos',
      'a socket in place of the ledger',
    ],
  ]),
  ...mistakesIn('src/refresh/stored/refresh-log.ts', [
    [
      'the log has every failure of a day without the token endpoint',
      "kind === 'failed' && failures > 3 &&",
      "kind === 'failed' && failures > 10_000 &&",
      'e2e/long-runs',
      'refresh: broker six hours',
    ],
    [
      'a refresh is not in the log',
      'if (bytes < MAX_BYTES) appendToOwnFile(',
      'if (bytes > MAX_BYTES) appendToOwnFile(',
      'e2e/refresh-process',
      'STS cannot be reached',
    ],
  ]),
  ...mistakesIn('src/refresh/stop-refreshing.ts', [
    [
      'the post step does not report the refreshes',
      '  reportRefreshes(folder, host);',
      '  void reportRefreshes;',
      'e2e/refresh-process',
      'STS cannot be reached',
    ],
    [
      'the post step leaves plan and caches',
      'await rm(folder, { recursive: true, force: true });',
      'void rm;',
      'e2e/refresh-process',
      'a profile, no keys',
    ],
  ]),
];
