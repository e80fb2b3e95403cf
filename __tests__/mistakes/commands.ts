import { mistakesIn } from './mistake.ts';

/** What the command of `exec` gets, and masks and texts of all actions. */
export const COMMAND_MISTAKES = [
  ...mistakesIn('src/delivery/command/command-environment.ts', [
    [
      'the command gets the inputs',
      " || name.startsWith('INPUT_')",
      '',
      'e2e/sub-actions',
      'gives the command no inputs',
    ],
    [
      'the command gets the profile of the job',
      'hidden.includes(name) || ',
      '',
      'e2e/sub-actions',
      'gives the command no inputs',
    ],
    [
      'several profiles go to the region of the job',
      '...(!isOneOfSeveral && regionVariables(',
      '...(regionVariables(',
      'e2e/one-world',
      'exec with profiles',
    ],
  ]),
  ...mistakesIn('src/delivery/command/program.ts', [
    [
      'SIGINT does not reach the command',
      "['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']",
      "['SIGTERM', 'SIGHUP']",
      'e2e/sub-actions',
      'forwards SIGINT',
    ],
    [
      'SIGTERM does not reach the command',
      "['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']",
      "['SIGINT', 'SIGHUP']",
      'e2e/sub-actions',
      'forwards SIGTERM',
    ],
    [
      'a command that a signal ended has exit code 1',
      "code ?? 128 + (os.constants.signals[signal ?? 'SIGTERM'] ?? 0)",
      "code ?? (os.constants.signals[signal ?? 'SIGTERM'] === undefined ? 0 : 1)",
      'e2e/sub-actions',
      'passes the exit code on',
    ],
  ]),
  ...mistakesIn('src/delivery/command/program.ts', [
    [
      'bash goes on after a command that fails',
      "'--norc', '-eo', 'pipefail', script",
      "'--norc', script",
      'e2e/sub-actions',
      'passes the exit code on',
    ],
  ]),
  ...mistakesIn('src/delivery/command/command-folder.ts', [
    [
      'exec leaves its folder',
      '  } finally {\n    await removeFolder(folder, host);\n  }',
      '  } finally {\n    void removeFolder;\n  }',
      'e2e/sub-actions',
      'runs a command by bash',
    ],
  ]),
  ...mistakesIn('src/actions/run-command.ts', [
    [
      'exec ends with exit code 0',
      'host.setExitCode(await runFirst(starts, env));',
      'await runFirst(starts, env);',
      'e2e/sub-actions',
      'passes the exit code on',
    ],
    [
      'exec does not report its refreshes',
      'await refreshing?.stop();',
      '',
      'e2e/refresh-broker',
      'exec: the command finds the endpoint',
    ],
  ]),
  ...mistakesIn('src/sts/send-once.ts', [
    [
      'the secrets of a session are not masked',
      'if (secret) mask(secret);',
      "if (secret === '') mask(secret);",
      'e2e/main-job',
      'takes one OIDC request',
    ],
    [
      'an account that STS names is not masked',
      "if (options.maskAccountId && owner.accountId !== '')",
      "if (options.maskAccountId && owner.accountId === '')",
      'e2e/main-job',
      'hides an account that only STS named',
    ],
  ]),
  ...mistakesIn('src/actions/authenticate.ts', [
    [
      'the secrets in inputs are not masked',
      'for (const secret of masksInInputs(text)) host.runner.mask(secret);',
      'void masksInInputs;',
      'e2e/main-job',
      'hides the account everywhere',
    ],
    [
      'sessions of an account that is not allowed are delivered',
      'assertGuards(session, config.guards, now());',
      'void assertGuards;\n  void now;',
      'e2e/main-job',
      'a wrong account leaves no variable',
    ],
  ]),
  ...mistakesIn('src/platform/runner/github-runner.ts', [
    [
      'text of others becomes a command in a line',
      'info: (message) => core.info(plainText(message))',
      'info: (message) => core.info(message)',
      'attacks/runner-gate',
      'drawn texts through every method',
    ],
    [
      'text of others becomes a command in a group',
      'for (const line of lines) core.info(plainText(line));',
      'for (const line of lines) core.info(line);',
      'attacks/runner-commands',
      'a trust-policy file',
    ],
    [
      'a secret is masked in one form only',
      'for (const form of shownForms(secret)) core.setSecret(form);',
      'core.setSecret(shownForms(secret)[0] ?? secret);',
      'attacks/runner-commands',
      'a secret that contains a marker',
    ],
  ]),
];
