import { audit } from '../../../../src/audit/audit.ts';
import { providerOfServer } from '../../../../src/audit/evaluate/token-set.ts';
import type { Format, Report } from '../../../../src/audit/model/report.ts';
import type { Facts } from '../../../../src/audit/model/types.ts';
import { readPolicies } from '../../../../src/audit/policies/read-policies.ts';
import { readWorkflows } from '../../../../src/audit/read-workflows.ts';

export const GITHUB = 'token.actions.githubusercontent.com';
export const MAIN = '.github/workflows/main.yml';
export const ROLE = 'arn:aws:iam::111111111111:role/deploy';

/** Workflows and policies, and what the audit has to say of them. */
export interface Scenario {
  readonly name: string;
  /** `on` of the one workflow, in the flow style of YAML. */
  readonly on?: string;
  /** Lines of its one job besides runs-on and steps. */
  readonly job?: string;
  /** What the step passes besides role and region. */
  readonly with?: string;
  readonly role?: string;
  /** Files by their path, in place of or besides the one workflow. */
  readonly files?: Readonly<Record<string, string>>;
  /** The trust policy of {@link ROLE}. */
  readonly policy?: object;
  /** Policy files by their path, in place of `policy`. */
  readonly policies?: Readonly<Record<string, object | string>>;
  /** What AWS has by the ARN of the role, where the files are templates. */
  readonly deployed?: Readonly<Record<string, object>>;
  readonly facts?: Partial<Facts>;
  readonly server?: string;
  readonly formats?: readonly Format[];
  /** Whether inputs are missing, so that rows may be unknown. */
  readonly open?: true;
  readonly rows: readonly string[];
  /** IDs, with the line for findings in a policy or workflow where it matters. */
  readonly findings?: readonly string[];
  readonly gaps?: readonly RegExp[];
}

const step = (role: string, more: string) =>
  `[{uses: aws-actions/configure-aws-credentials@v6, with: {role-to-assume: '${role}', aws-region: eu-west-1${more === '' ? '' : `, ${more}`}}}]`;

/** A workflow whose one job assumes a role. */
export function workflow(on: string, job = '', role = ROLE, more = ''): string {
  const lines =
    job === ''
      ? ''
      : `${job
          .split('\n')
          .map((line) => `    ${line}`)
          .join('\n')}\n`;
  return `on: ${on}\npermissions: {id-token: write}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n${lines}    steps: ${step(role, more)}\n`;
}

/** Parts of a trust policy that differ from what AWS's documentation shows. */
export interface TrustOptions {
  readonly aud?: string | null;
  readonly operator?: string;
  readonly federated?: unknown;
  readonly action?: string | string[];
  readonly effect?: string;
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly provider?: string;
  readonly sid?: string;
}

/** A statement that allows subjects. */
export function allow(
  sub: string | readonly string[] | undefined,
  options: TrustOptions = {},
): Record<string, unknown> {
  const { aud = 'sts.amazonaws.com', provider = GITHUB, conditions = {}, sid } = options;
  const operator = options.operator ?? ([sub].flat().join().includes('*') ? 'StringLike' : 'StringEquals');
  const own: Record<string, Record<string, unknown>> = {};
  const add = (name: string, keys: Readonly<Record<string, unknown>>) => {
    own[name] = { ...own[name], ...keys };
  };
  if (aud !== null) add('StringEquals', { [`${provider}:aud`]: aud });
  if (sub !== undefined) add(operator, { [`${provider}:sub`]: sub });
  for (const [name, keys] of Object.entries(conditions)) add(name, keys);
  return {
    ...(sid !== undefined && { Sid: sid }),
    Effect: options.effect ?? 'Allow',
    Principal: { Federated: options.federated ?? `arn:aws:iam::111111111111:oidc-provider/${provider}` },
    Action: options.action ?? 'sts:AssumeRoleWithWebIdentity',
    Condition: own,
  };
}

export function policy(...statements: object[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

/** A trust policy with one statement. */
export const trust = (sub: string | readonly string[] | undefined, options: TrustOptions = {}) =>
  policy(allow(sub, options));

export function factsOf({ facts = {}, server = 'https://github.com' }: Scenario): Facts {
  return {
    repository: 'octo/app',
    repositoryId: '74',
    ownerId: '9919',
    defaultBranch: 'main',
    server: /^https:\/\/(github\.com$|.*\.ghe\.com$)/.test(server) ? 'github.com' : 'ghes',
    ...facts,
  };
}

/** The files of a scenario. */
function filesOf({ on, job, role, with: more, files = {} }: Scenario): Readonly<Record<string, string>> {
  return { ...(on !== undefined && { [MAIN]: workflow(on, job, role, more) }), ...files };
}

/** The workflows of a scenario as the audit reads them. */
export function runsOf(scenario: Scenario) {
  const files = filesOf(scenario);
  const workflows = Object.entries(files)
    .filter(([path]) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path))
    .map(([path, text]) => ({ path, text }));
  return readWorkflows(
    { workflows, read: (path) => files[path], readRemote: (path) => files[path] },
    factsOf(scenario),
  );
}

/** The policies of a scenario as the audit reads them. */
export function rolesOf({ policy: own, policies = {} }: Scenario) {
  const all = own === undefined ? policies : { '111111111111/deploy.json': own, ...policies };
  return readPolicies(
    Object.entries(all).map(([path, value]) => ({
      path,
      text: typeof value === 'string' ? value : JSON.stringify(value, undefined, 2),
      named: true,
    })),
  );
}

export function reportOf(scenario: Scenario): Report {
  const { server = 'https://github.com', formats = ['name'] } = scenario;
  return audit({
    workflows: runsOf(scenario),
    policies: rolesOf(scenario),
    facts: factsOf(scenario),
    provider: providerOfServer(server),
    formats,
    gaps: [],
    unreadable: [],
  }).report;
}

/** Rows in short: what differs within a scenario. */
export function shortRows({ rows }: Report): string[] {
  const roles = new Set(rows.map(({ role }) => role));
  const formats = new Set(rows.map(({ format }) => format));
  return rows.map(({ job, called, event, ref, environment, format, role, verdict }) =>
    [
      `${job}${called === null ? '' : ` → ${called.replace('.github/workflows/', '')}`}`,
      event,
      ref,
      environment === null ? undefined : `in ${environment}`,
      formats.size > 1 ? format : undefined,
      roles.size > 1 ? role.replace('arn:aws:iam::', '') : undefined,
      `| ${verdict}`,
    ]
      .filter((part) => part !== undefined && part !== null)
      .join(' ')
      .replace(/^deploy /, ''),
  );
}

export function shortFindings({ findings }: Report): string[] {
  return findings.map(({ id, severity }) => `${severity} ${id}`);
}
