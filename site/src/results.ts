import { parseBareRole } from '../../src/aws/arn.ts';
import type { Claims } from '../../src/identity/claims.ts';
import { isDocumentedKey } from '../../src/trust/condition-keys.ts';
import type { JobSetup } from '../../src/trust/job-setup.ts';
import { createProviderCommand, createRoleCommands } from '../../src/trust/render/aws-cli.ts';
import { cloudFormationTemplate } from '../../src/trust/render/cloudformation.ts';
import { DEFAULT_SESSION_SECONDS } from '../../src/trust/render/role-setup.ts';
import { terraformResources } from '../../src/trust/render/terraform.ts';
import { policyOf, providerOf } from '../../src/trust/statement.ts';
import { statementForToken } from '../../src/trust/statement-for-token.ts';
import { breakable, byId, codeLine, element, show } from './dom.ts';
import { problemsOf } from './form.ts';

/** Notations of a policy, by the end of their tabs' IDs. */
export type Notation = 'json' | 'cli' | 'cloudformation' | 'terraform';

/** The trust policy for exactly the job with these claims; undefined while the form has values that are not valid. */
export function policyIn(notation: Notation, setup: JobSetup, claims: Claims): string | undefined {
  const role = parseBareRole(setup.role);
  if (role === undefined || Object.keys(problemsOf(setup)).length > 0) return undefined;
  const statement = statementForToken(claims, setup);
  const { issuer, audience } = setup;
  const roleSetup = { role, statements: [statement], maxSessionSeconds: DEFAULT_SESSION_SECONDS };
  switch (notation) {
    case 'json':
      return JSON.stringify(policyOf(statement), undefined, 2);
    case 'cli':
      return `${createProviderCommand({ issuer, audience })}\n\n${createRoleCommands(roleSetup)}`;
    case 'cloudformation':
      return cloudFormationTemplate({ issuer, audience }, [roleSetup]).trimEnd();
    case 'terraform':
      return terraformResources({ issuer, audience }, [roleSetup]).trimEnd();
  }
}

export function showPolicy(policy: string | undefined, setup: JobSetup): void {
  const lines = (policy ?? '').split(/(?<=\n)/);
  byId('policy').replaceChildren(...lines.map(codeLine));
  show(byId('notation'), policy !== undefined);
  show(byId('policy-problem'), policy === undefined);
  byId<HTMLButtonElement>('copy-policy').disabled = policy === undefined;
  const [name, problem = ''] = Object.entries(problemsOf(setup))[0] ?? [];
  const label = document.querySelector(`label[for=${name}]`)?.textContent ?? '';
  byId('policy-problem').textContent = `${label}: ${problem}`;
}

/** Claims in the order of their interest. */
const FIRST = ['sub', 'aud', 'iss', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id'];

export function showToken(claims: Claims, setup: JobSetup): void {
  byId('sub').replaceChildren(...subjectParts(String(claims.sub ?? '')));
  byId('subject-notes').replaceChildren(...notesOn(setup).map((note) => element('li', {}, note)));
  const provider = providerOf(setup.issuer);
  const rest = Object.keys(claims).filter((name) => !FIRST.includes(name));
  const rows = [...FIRST, ...rest]
    .filter((name) => claims[name] !== undefined && claims[name] !== '')
    .map((name) => {
      const isRead = isDocumentedKey(provider, name);
      return element(
        'tr',
        {},
        element('th', { scope: 'row' }, element('code', {}, name)),
        element('td', {}, element('code', {}, ...breakable(textOf(claims[name])))),
        element('td', {}, isRead ? 'yes' : 'not documented by AWS'),
      );
    });
  byId('claims').replaceChildren(...rows);
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** The subject with its IDs and its context marked. */
function subjectParts(subject: string): Node[] {
  const [, repository = '', context = ''] = /^(repo:[^:]*)(.*)$/s.exec(subject) ?? [];
  if (repository === '') return [element('span', {}, ...breakable(subject))];
  const pieces = repository
    .split(/(@[^/]+)/)
    .map((piece) => element('span', piece.startsWith('@') ? { class: 'id' } : {}, ...breakable(piece)));
  return [...pieces, element('span', { class: 'context' }, ...breakable(context))];
}

function notesOn({ event, environment, format, subjectKeys, calledWorkflow }: JobSetup): string[] {
  const isDefault = subjectKeys.length === 0 && format !== 'text';
  const isPullRequest = event === 'pull_request' && environment === '';
  const notes: [boolean, string][] = [
    [isDefault && environment !== '', 'The environment takes the place of the branch, tag, or pull request.'],
    [
      isDefault && isPullRequest,
      'All pull requests of the repository have this subject. Pull requests from forks get no token.',
    ],
    [
      event === 'pull_request_target',
      'Runs for pull_request_target present the subject of the default branch, so a policy for that branch allows them.',
    ],
    [
      format === 'names' && isDefault,
      'The age of a repository does not show its format. A dry run of the action does.',
    ],
    [
      calledWorkflow !== '',
      'The subject names the calling repository. Only job_workflow_ref names the called workflow.',
    ],
  ];
  return notes.filter(([applies]) => applies).map(([, note]) => note);
}
