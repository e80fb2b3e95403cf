import type { AuditConfig } from '../config/audit-config.ts';
import { ActionError } from '../platform/errors.ts';
import { parseJson } from '../platform/json.ts';
import { type Audit, audit } from './audit.ts';
import { providerOfServer } from './evaluate/token-set.ts';
import { findFiles } from './files/find-files.ts';
import { readRepositoryFile } from './files/read-file.ts';
import { type DeployedRoles, type ReadRole, readDeployedRoles } from './live/deployed-roles.ts';
import type { Format, Report } from './model/report.ts';
import type { Facts } from './model/types.ts';
import { type Outcome, outcomeOf } from './output/outcome.ts';
import { mayHavePolicies, readPolicies } from './policies/read-policies.ts';
import { readWorkflows } from './read-workflows.ts';

/** What an audit learns from outside of the repository's files. */
export interface Surroundings {
  /** The root of the repository. */
  readonly root: string;
  /** What GitHub's API says about subjects, as far as it was asked. */
  readonly template:
    | { readonly keys: readonly string[]; readonly immutable: boolean | undefined }
    | undefined;
  /** The default branch in the event of the job. */
  readonly defaultBranch: string | undefined;
  /** Reads deployed roles; undefined without `live`. */
  readonly readRole: ReadRole | undefined;
}

export interface AuditResult extends Audit {
  /** What the audit fails for. */
  readonly outcome: Outcome;
}

/**
 * Reads workflows and policies, and judges them.
 *
 * @throws ActionError `INVALID_INPUT` when there are no workflows, or the baseline is not valid
 */
export async function runAudit(config: AuditConfig, surroundings: Surroundings): Promise<AuditResult> {
  const { root, template, readRole } = surroundings;
  const workflowFiles = await findFiles(root, config.workflows, (path) => /\.ya?ml$/i.test(path));
  if (workflowFiles.files.length === 0) throw noWorkflows(config.workflows);
  const policyFiles = await findFiles(root, config.policies, mayHavePolicies);
  const baseline = await readBaseline(root, config.baselineFile);
  const facts: Facts = {
    repository: config.repository,
    repositoryId: config.repositoryId,
    ownerId: config.ownerId,
    defaultBranch: config.defaultBranch ?? surroundings.defaultBranch,
    subjectClaims: config.subjectClaims ?? nonEmpty(template?.keys),
    server: isOnGitHub(config.serverUrl) ? 'github.com' : 'ghes',
    variables: config.variables,
  };
  const workflows = readWorkflows(
    { workflows: workflowFiles.files, read: (file) => readRepositoryFile(root, file) },
    facts,
  );
  const policies = readPolicies(policyFiles.files);
  const live =
    readRole === undefined ? NOTHING : await readDeployedRoles(workflows.runs, policies.roles, readRole);
  const found = audit({
    workflows,
    policies: { ...policies, roles: [...policies.roles, ...live.roles] },
    facts,
    provider: providerOfServer(config.serverUrl),
    formats: formatsOf(config, template?.immutable),
    gaps: [...workflowFiles.gaps, ...policyFiles.gaps, ...live.gaps],
    unreadable: [...workflowFiles.missing, ...policyFiles.missing],
  });
  const report = { ...found.report, findings: [...found.report.findings, ...live.findings] };
  return { report, uninvited: found.uninvited, outcome: outcomeOf(report, config.failOn, baseline) };
}

const NOTHING: DeployedRoles = { roles: [], findings: [], gaps: [] };

function isOnGitHub(serverUrl: string): boolean {
  const { host } = new URL(serverUrl);
  return host === 'github.com' || host.endsWith('.ghe.com');
}

function formatsOf({ subjectFormat }: AuditConfig, immutable: boolean | undefined): readonly Format[] {
  const known = immutable ? 'immutable' : 'name';
  const format = subjectFormat ?? (immutable === undefined ? 'both' : known);
  return format === 'both' ? ['name', 'immutable'] : [format];
}

function nonEmpty(keys: readonly string[] | undefined): readonly string[] | undefined {
  return keys === undefined || keys.length === 0 ? undefined : keys;
}

function noWorkflows(patterns: readonly string[]): ActionError {
  return new ActionError('INVALID_INPUT', {
    problem: 'The input workflows names no file.',
    found: patterns.join(', '),
    expected: 'paths or patterns of workflow files, relative to the root of the repository',
    remedy: 'Run the step after actions/checkout, or correct workflows.',
  });
}

/** An earlier report: the JSON of this action. */
async function readBaseline(root: string, file: string | undefined): Promise<Report | undefined> {
  if (file === undefined) return undefined;
  const { files, missing } = await findFiles(root, [file], () => true);
  const value = parseJson(files[0]?.text ?? '') as Partial<Report> | undefined;
  if (Array.isArray(value?.rows) && Array.isArray(value.findings)) return value as Report;
  throw new ActionError('INVALID_INPUT', {
    problem: 'The input baseline-file is not valid.',
    found: missing[0]?.what ?? 'a file that is not a report in JSON',
    expected: 'the path of an earlier report in JSON',
    remedy: 'Write the report of a run with --format json, or the output report, into the file.',
  });
}
