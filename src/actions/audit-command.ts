import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { textOf } from '../audit/output/text.ts';
import { runAudit } from '../audit/run-audit.ts';
import { readAuditConfig } from '../config/audit-config.ts';
import type { InputText } from '../config/input-reader.ts';
import { type InputName, inputEntries, isInputOf } from '../config/inputs.ts';
import { ActionError, asActionError, systemErrorCode } from '../platform/errors.ts';
import type { Outside } from '../platform/host/outside.ts';
import type { Reporter } from '../platform/runner/runner.ts';
import { failuresIn, surroundingsOf, writeSarif } from './audit.ts';

/** Where the command writes, and what it sets. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly setExitCode: (code: number) => void;
}

/** Inputs that have no use outside of a runner. */
const OF_RUNNER: readonly InputName[] = ['job-summary', 'github-token'];

const FLAGS = inputEntries().flatMap(([name]) =>
  isInputOf(name, 'audit') && !OF_RUNNER.includes(name) ? [name] : [],
);

/**
 * The audit outside of a runner: `node dist/audit/index.js --policies infra --repository OWNER/NAME`. The flags are the
 * inputs. The exit code is 1 for what `--fail-on` names, 2 for a command that is not valid.
 */
export async function auditCommand(
  args: readonly string[],
  outside: Outside,
  terminal: Terminal,
): Promise<void> {
  try {
    const flags = readFlags(args);
    if (flags.help) {
      terminal.out(HELP);
      return;
    }
    const root = process.cwd();
    const env =
      flags.serverUrl === undefined ? outside.env : { ...outside.env, GITHUB_SERVER_URL: flags.serverUrl };
    const config = readAuditConfig(flags.text, env);
    const reporter = quietReporter(terminal);
    const result = await runAudit(config, await surroundingsOf(config, root, { ...outside, env }, reporter));
    await writeSarif(result, config, root, undefined);
    const { report } = result;
    terminal.out(
      flags.format === 'json'
        ? `${JSON.stringify(report, undefined, 2)}\n`
        : textOf(report, result.uninvited),
    );
    const failures = failuresIn(result);
    if (flags.format === 'text' && failures > 0)
      terminal.err(`${failures} rows and findings fail the audit (--fail-on ${config.failOn}).\n`);
    terminal.setExitCode(failures > 0 ? 1 : 0);
  } catch (error) {
    terminal.err(`${asActionError(error).message}\n`);
    terminal.setExitCode(2);
  }
}

interface Flags {
  readonly help: boolean;
  readonly format: 'text' | 'json';
  readonly serverUrl: string | undefined;
  readonly text: InputText;
}

function readFlags(args: readonly string[]): Flags {
  const options: Options = Object.fromEntries([
    ...FLAGS.map((name) => [name, { type: 'string', multiple: true } as const]),
    ['live', { type: 'boolean' } as const],
    ['help', { type: 'boolean', short: 'h' } as const],
    ['format', { type: 'string' } as const],
    ['server-url', { type: 'string' } as const],
  ]);
  const values = parsed(args, options);
  const format = values.format ?? 'text';
  if (format !== 'text' && format !== 'json') throw badFlag(`--format ${String(format)}`);
  return {
    help: values.help === true,
    format,
    serverUrl: typeof values['server-url'] === 'string' ? values['server-url'] : undefined,
    text: (name) => {
      const value = values[name];
      if (typeof value === 'boolean') return String(value);
      return (Array.isArray(value) ? value : []).map((one) => contentOf(name, String(one))).join('\n');
    },
  };
}

type Options = Readonly<Record<string, { type: 'string' | 'boolean'; multiple?: boolean; short?: string }>>;

function parsed(args: readonly string[], options: Options): Readonly<Record<string, unknown>> {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (cause) {
    const [sentence = ''] = (cause as Error).message.split('. ');
    throw badFlag(sentence);
  }
}

function badFlag(found: string): ActionError {
  return new ActionError('INVALID_INPUT', {
    problem: 'The command is not valid.',
    found,
    expected: 'flags that --help lists',
    remedy: 'Run the command with --help.',
  });
}

/** `@FILE` is replaced by the content of the file, in JSON. */
function contentOf(name: InputName, value: string): string {
  if (name !== 'variables' || !value.startsWith('@')) return value;
  try {
    return readFileSync(value.slice(1), 'utf8');
  } catch (error) {
    throw badFlag(`--variables ${value}: ${systemErrorCode(error)}`);
  }
}

function quietReporter({ err }: Terminal): Reporter {
  return {
    mask: () => {},
    debug: () => {},
    info: () => {},
    warning: (message) => err(`${message}\n`),
    group: () => {},
  };
}

const HELP = `Says which job of a repository will be let in by which IAM role.

  node dist/audit/index.js --policies PATH --repository OWNER/NAME [flags]

  --workflows PATH          workflow files, a path or pattern; can be repeated (default .github/workflows/*.y*ml)
  --policies PATH           trust policies, a file, folder or pattern; can be repeated
  --repository OWNER/NAME   repository whose workflows are read
  --repository-id ID        ID of the repository, for immutable subjects
  --owner-id ID             ID of its owner
  --subject-format FORM     name, immutable or both (default both)
  --subject-claims KEYS     claims of customized subjects, such as repo,job_workflow_ref
  --default-branch NAME     default branch
  --server-url URL          server of the repository (default https://github.com)
  --variables JSON|@FILE    values of vars, secrets, inputs, env and environments
  --fail-on WHAT            none, denied, risk or unknown (default denied)
  --baseline-file PATH      earlier report in JSON: what it has does not fail again
  --sarif-file PATH         SARIF file to write
  --live                    compare with the deployed policies (iam:GetRole)
  --aws-region REGION       region of the requests to IAM
  --format text|json        form of the report on standard output (default text)
  --help                    this text

Paths are relative to the current folder. Exit code: 0, or 1 for what --fail-on names, or 2 for a command that is not valid.
`;
