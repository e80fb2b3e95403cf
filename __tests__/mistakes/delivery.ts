import { mistakesIn } from './mistake.ts';

/** Delivery by the main step, and what the post step and `logout` remove. */
export const DELIVERY_MISTAKES = [
  ...mistakesIn('src/delivery/environment-after-step.ts', [
    [
      'the secrets that a step replaces are not masked',
      'if (SECRET.has(name)) runner.mask(value);',
      'void value;',
      'e2e/main-job',
      'gives back what the step found',
    ],
    [
      'the values that a step replaces are not saved',
      '[name, env[name] ??',
      "[name, env[''] ??",
      'e2e/main-job',
      'gives back what the step found',
    ],
  ]),
  ...mistakesIn('src/delivery/ledger.ts', [
    [
      'the ledger has the secrets that a step replaces',
      "PUBLIC.has(name) ? (env[name] ?? '') : ''",
      "env[name] ?? ''",
      'e2e/sub-actions',
      'takes everything back at once',
    ],
    [
      'a truncated line of the ledger swallows the next entry',
      '`\\n${JSON.stringify(entry)}\\n`',
      '`${JSON.stringify(entry)}\\n`',
      'attacks/half-ledger',
      'logged out of',
    ],
  ]),
  ...mistakesIn('src/delivery/deliver.ts', [
    [
      'a delivery that fails is not undone',
      'await undo.run(host.runner);',
      '',
      'attacks/same-tree',
      'fails half-way',
    ],
  ]),
  ...mistakesIn('src/delivery/outputs.ts', [
    [
      'the outputs always have the credentials',
      '...(withCredentials && {',
      '...({',
      'e2e/main-job',
      'what is delivered',
    ],
  ]),
  ...mistakesIn('src/shared-config/edit.ts', [
    [
      'the permissions of a shared file end with the job that changed them, not with the last one',
      'passOn(note, before, after);',
      '{ }',
      'attacks/same-tree',
      'two jobs of a user',
    ],
  ]),
  ...mistakesIn('src/shared-config/profiles.ts', [
    [
      'other users can read the file with the keys',
      'await change(credentialsFile, names, credentials, place.id);',
      'await change(credentialsFile, names, credentials, undefined);',
      'attacks/same-tree',
      'files of mode 416',
    ],
    [
      'the name of the default profile has the prefix of the others',
      "(name === 'default' ? name : `profile ${name}`)",
      '`profile ${name}`',
      'e2e/one-world',
      'that a later aws-profile may take',
    ],
  ]),
  ...mistakesIn('src/shared-config/profiles.ts', [
    [
      'the post step leaves empty files',
      'removeIfEmpty: made.includes(file)',
      'removeIfEmpty: false',
      'attacks/same-tree',
      'every folder that was made',
    ],
    [
      'the post step leaves the folders that the step created',
      'await rmdir(place).catch(() => {});',
      'await Promise.resolve(rmdir);',
      'attacks/same-tree',
      'every folder that was made',
    ],
  ]),
  ...mistakesIn('src/shared-config/edit.ts', [
    [
      'overlapping steps set the markers of each other aside',
      'return replaced && !MARKER.test(raw)',
      'return replaced',
      'attacks/same-tree',
      'two jobs of a user',
    ],
  ]),
  ...mistakesIn('src/platform/files/own-folder.ts', [
    [
      'a folder that other users can access is used',
      'if ((mode & 0o077) !== 0) return',
      'if ((mode & 0o077) > 0o777) return',
      'attacks/folder',
      'a folder that everybody can reach',
    ],
    [
      'the ledger is appended through a hard link',
      'if (stats.nlink > 1)',
      'if (stats.nlink > 99)',
      'attacks/folder',
      'through a hard link',
    ],
    [
      'the ledger is appended through a symbolic link',
      'flags | O_NOFOLLOW | O_NONBLOCK',
      'flags | O_NONBLOCK',
      'attacks/folder',
      'through a symbolic link',
    ],
    [
      'a step waits for the other end of a FIFO',
      'flags | O_NOFOLLOW | O_NONBLOCK',
      'flags | O_NOFOLLOW',
      'attacks/folder',
      'a FIFO in place of the ledger',
    ],
  ]),
  ...mistakesIn('src/platform/host/cancellation.ts', [
    [
      'a cancelled step goes on',
      'controller.abort(\n        new ActionError',
      'String(\n        new ActionError',
      'attacks/leftovers',
      'keys: nothing is left after SIGINT when the last session',
    ],
  ]),
  ...mistakesIn('src/platform/host/cancellation.ts', [
    [
      'a signal stops the post step',
      'for (const signal of SIGNALS) process.on(signal, () => {});',
      '',
      'attacks/leftovers',
      'the post step of refresh: broker',
    ],
  ]),
  ...mistakesIn('src/actions/clean-up.ts', [
    [
      'the post step restores no variables',
      'restoreVariables(runner, env, hasDefault(env))',
      "restoreVariables({ ...runner, state: () => '' }, env, hasDefault(env))",
      'e2e/main-job',
      'gives back what the step found',
    ],
    [
      'the post step does not stop the broker',
      '    stopRefreshingInState(host),',
      '    Promise.resolve(void stopRefreshingInState),',
      'e2e/refresh-broker',
      'an endpoint and its token',
    ],
    [
      'the post step leaves the folder of a killed exec step',
      '    removeCommandFolderInState(host),',
      '    Promise.resolve(void removeCommandFolderInState),',
      'attacks/leftovers',
      'exec: nothing is left after SIGKILL when its command runs',
    ],
    [
      'the post step leaves the profiles',
      'const files = await removeProfilesInState(host);',
      'const files: string[] = [];',
      'attacks/same-tree',
      'files of mode 416',
    ],
    [
      'the post step leaves the ledger',
      '  removeLedger(env);',
      '  void removeLedger;',
      'e2e/refresh-process',
      'a profile, no keys',
    ],
    [
      'the post step ignores AWS_SKIP_CLEANUP_STEP',
      "env.AWS_SKIP_CLEANUP_STEP === 'true'",
      "env.AWS_SKIP_CLEANUP_STEP === 'TRUE'",
      'e2e/main-job',
      'AWS_SKIP_CLEANUP_STEP',
    ],
    [
      'the post step fails at the first part that it cannot remove',
      '    } catch (error) {\n      runner.debug',
      '    } catch (error) {\n      if (error) throw error;\n      runner.debug',
      'attacks/folder',
      'a state that names home',
    ],
  ]),
  ...mistakesIn('src/actions/log-out.ts', [
    [
      'logout leaves the profiles',
      'await removeProfiles(entry.profiles, clock);',
      'void removeProfiles;',
      'attacks/half-ledger',
      'logged out of',
    ],
    [
      'logout does not stop the broker',
      'if (entry.refreshing !== undefined) await stopOrWarn(entry.refreshing, host);',
      'void stopOrWarn;',
      'e2e/refresh-broker',
      'the broker stops with logout',
    ],
    [
      'logout leaves an empty AWS_PROFILE',
      "const needsDefault = replaced.AWS_PROFILE === '';",
      "const needsDefault = replaced.AWS_PROFILE === ' ';",
      'e2e/sub-actions',
      'takes everything back at once',
    ],
    [
      'a later step does not know what logout could not unset',
      '  recordRemaining(replaced, { ...env, ...values }, env);',
      '  void recordRemaining;',
      'e2e/refresh-process',
      'keys of a later step come with a profile',
    ],
    [
      'logout stops at a folder that it refuses',
      '    host.runner.warning(inOneLine(asActionError(error)));',
      '    throw asActionError(inOneLine(asActionError(error)));',
      'attacks/folder',
      'a ledger that names home',
    ],
  ]),
  ...mistakesIn('src/delivery/ledger.ts', [
    [
      'logout restores the values before the last step only',
      '.reverse();',
      ';',
      'e2e/sub-actions',
      'takes everything back at once',
    ],
    [
      'logout leaves the ledger',
      'rmSync(file, { force: true });\n  return ledger;',
      'void rmSync;\n  return ledger;',
      'e2e/sub-actions',
      'takes everything back at once',
    ],
    [
      'logout uses entries of the ledger that are not valid',
      'Object.values(variables).every(isText) &&',
      '',
      'attacks/half-ledger',
      'PATH',
    ],
  ]),
];
