import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReadRole } from '../audit/live/deployed-roles.ts';
import { annotationsOf } from '../audit/output/annotations.ts';
import { markdownOf } from '../audit/output/markdown.ts';
import { sarifOf } from '../audit/output/sarif.ts';
import { nameOf, textOf } from '../audit/output/text.ts';
import { type AuditResult, runAudit, type Surroundings } from '../audit/run-audit.ts';
import { type AuditConfig, readAuditConfig } from '../config/audit-config.ts';
import { masksInInputs } from '../config/masks.ts';
import { ambientIdentity } from '../identity/ambient.ts';
import { ActionError, systemErrorCode } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import type { Outside } from '../platform/host/outside.ts';
import { proxiedHttp } from '../platform/http/proxied-http.ts';
import { proxySettings } from '../platform/http/proxy-settings.ts';
import { docsLink } from '../platform/runner/docs-link.ts';
import { subjectTemplate } from '../platform/runner/github-api.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import { addToSummary } from '../platform/runner/report.ts';
import type { Reporter } from '../platform/runner/runner.ts';
import { traceOf } from '../platform/trace.ts';
import { defaultChain } from '../session/connect.ts';

/** GitHub Docs, "Workflow syntax", "jobs.<job_id>.outputs": outputs have at most 1 MB, in UTF-16. */
const MAX_OUTPUT_LENGTH = 500_000;

/**
 * The `audit/` action: which job will be let in by which role.
 *
 * @throws ActionError `AUDIT_FAILED` for what `fail-on` names; `INVALID_INPUT`
 */
export async function auditRepository(host: Host): Promise<void> {
  const { runner, env } = host;
  for (const secret of masksInInputs(runner.input)) runner.mask(secret);
  const config = readAuditConfig(runner.input, env);
  const job = jobFromEnvironment(env);
  const surroundings = await surroundingsOf(config, job.workspace, host, runner);
  const result = await runAudit(config, surroundings);
  const { report } = result;

  runner.group('Trust audit', textOf(report, result.uninvited).split('\n'));
  await writeSarif(result, config, job.workspace, docsLink('audit.md', env));
  if (config.jobSummary) addToSummary(markdownOf(report, result.uninvited), runner);
  const { annotations, omitted } = annotationsOf(report, result.outcome);
  for (const annotation of annotations) runner.annotate(annotation);
  if (omitted > 0)
    runner.info(`${omitted} more are in the log group above: the runner shows 10 annotations of each level.`);
  const json = JSON.stringify(report);
  if (json.length <= MAX_OUTPUT_LENGTH) runner.setOutput('report', json);
  runner.setOutput('failures', String(failuresIn(result)));
  if (failuresIn(result) > 0) throw failure(result, config);
}

/** Rows and findings that the failure itself names; the annotations and the log have all. */
const MAX_NAMED = 5;

/** The number of rows and findings that the audit fails for. */
export function failuresIn({ outcome: { rows, findings } }: AuditResult): number {
  return rows.length + findings.length;
}

function failure({ outcome: { rows, findings } }: AuditResult, { failOn }: AuditConfig): ActionError {
  const denied = rows.map((row) => `${nameOf(row)} and ${row.role} (${row.verdict})`);
  const found = [
    ...new Set([...denied, ...findings.map(({ id, file, line }) => `${id} in ${file}:${line}`)]),
  ];
  const more = found.length - MAX_NAMED;
  return new ActionError('AUDIT_FAILED', {
    problem: `The audit found what fail-on names (${failOn}).`,
    found: found.slice(0, MAX_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : ''),
    expected: 'roles that let in the jobs that assume them',
    remedy:
      'Correct the workflow or the trust policy at each annotation. Add what is accepted to baseline-file.',
  });
}

/** Writes the SARIF file, if there is one to write. */
export async function writeSarif(
  { report }: AuditResult,
  { sarifFile }: AuditConfig,
  root: string,
  docs: string | undefined,
): Promise<void> {
  if (sarifFile === undefined) return;
  try {
    await writeFile(path.resolve(root, sarifFile), sarifOf(report, docs));
  } catch (cause) {
    throw new ActionError('INVALID_INPUT', {
      problem: 'The file of the input sarif-file cannot be written.',
      found: systemErrorCode(cause) ?? 'an unexpected error',
      expected: 'a path in a folder that exists',
      remedy: 'Create the folder before this step, or correct the path.',
      cause,
    });
  }
}

/** What GitHub's API, the event and the account say, as far as the configuration asks. */
export async function surroundingsOf(
  config: AuditConfig,
  root: string,
  outside: Outside,
  reporter: Reporter,
): Promise<Surroundings> {
  const { env } = outside;
  const isOwn = config.repository === env.GITHUB_REPOSITORY;
  return {
    root,
    template: isOwn ? await templateOf(config, outside, reporter) : undefined,
    defaultBranch: isOwn ? await defaultBranchOf(outside) : undefined,
    readRole: config.live ? await roleReader(config, outside, reporter) : undefined,
  };
}

async function defaultBranchOf({ env, readJson }: Outside): Promise<string | undefined> {
  const event = (await readJson(jobFromEnvironment(env).eventPath)) as {
    repository?: { default_branch?: unknown };
  };
  const branch = event.repository?.default_branch;
  return typeof branch === 'string' ? branch : undefined;
}

/** The form of subjects by GitHub's API; undefined where inputs say it, or the API does not. */
async function templateOf(
  { subjectFormat, subjectClaims, gitHubToken }: AuditConfig,
  outside: Outside,
  reporter: Reporter,
): Promise<Surroundings['template']> {
  if (gitHubToken === '' || (subjectFormat !== undefined && subjectClaims !== undefined)) return undefined;
  try {
    const { http } = proxied(outside, reporter);
    const template = await subjectTemplate({ env: outside.env, http, token: gitHubToken });
    if ('keys' in template) return template;
    reporter.info(`The form of subjects could not be read: ${template.unreadable}.`);
  } catch (cause) {
    reporter.debug(traceOf(cause));
  }
  return undefined;
}

function proxied({ env, http }: Outside, { mask }: Reporter) {
  return proxiedHttp(proxySettings({ httpProxy: undefined, noProxy: undefined }, env), http, mask);
}

/** Reads roles with the credentials in the environment. The client of IAM loads only here. */
async function roleReader({ region }: AuditConfig, outside: Outside, reporter: Reporter): Promise<ReadRole> {
  const { env } = outside;
  const { mask } = reporter;
  const missing = async () => undefined;
  const identity = ambientIdentity({ region, env, ignoreVariables: false, defaultChain, mask, missing });
  const credentials = await identity.credentials();
  const { createRoleReader } = await import('../sts/get-role.ts');
  const endpoint = env.AWS_ENDPOINT_URL_IAM || env.AWS_ENDPOINT_URL || undefined;
  const { agentsFor } = proxied(outside, reporter);
  const agents = await agentsFor(new URL(endpoint ?? 'https://iam.amazonaws.com'));
  return createRoleReader({ region, endpoint, credentials, agents });
}
