import { gitHubMember, idOf, type Started, workflowRefOf } from '../contexts/github-context.ts';
import { type Datum, joined } from '../expressions/datum.ts';
import { toValue } from '../expressions/resolve.ts';
import type { TokenClaims } from '../model/types.ts';
import { either, exactly, NOT_EMPTY } from '../texts/language.ts';
import { known, unknown, type Value, varies } from '../texts/value.ts';
import { type ClaimSource, subjectsOf } from './subject.ts';

/** Claims that differ from run to run (GitHub Docs, "OpenID Connect reference"). */
const DIFFERING: readonly (readonly [string, Value])[] = [
  'actor',
  'actor_id',
  'check_run_id',
  'job_workflow_sha',
  'ref_protected',
  'run_attempt',
  'run_id',
  'run_number',
  'sha',
  'workflow_sha',
].map((name) => [name, varies('*', NOT_EMPTY, `${name} differs from run to run`)]);

const VISIBILITY = unknown(
  'internal | private | public',
  'the visibility of the repository is not known',
  either(...['internal', 'private', 'public'].map(exactly)),
);

/** The claims of the token that a job gets. */
export function claimsOf(source: ClaimSource): TokenClaims {
  const { started, situation, environment } = source;
  const { facts } = started;
  const value = (datum: Datum) => toValue(datum, situation);
  const gitHub = (name: string) => value(gitHubMember(started, [name]));
  const workflowRef = workflowRefOf(started);
  const values = new Map<string, Value>([
    ...DIFFERING,
    ['base_ref', gitHub('base_ref')],
    ['event_name', gitHub('event_name')],
    ['head_ref', gitHub('head_ref')],
    ['job_workflow_ref', value(source.jobWorkflowRef ?? workflowRef)],
    ['ref', gitHub('ref')],
    ['ref_type', gitHub('ref_type')],
    ['repository', known(facts.repository)],
    ['repository_id', value(idOf(facts, 'repositoryId'))],
    ['repository_owner', gitHub('repository_owner')],
    ['repository_owner_id', value(idOf(facts, 'ownerId'))],
    ['repository_visibility', VISIBILITY],
    ['runner_environment', source.runner],
    ['workflow', gitHub('workflow')],
    ['workflow_ref', value(workflowRef)],
  ]);
  const surely = environment !== undefined && !source.withoutDeployment;
  if (surely) values.set('environment', environment);
  const subject = subjectsOf(source, values);
  return { subject, values, absent: new Set(environment === undefined ? ['environment'] : []) };
}

/** `job_workflow_ref` of a called workflow: `OWNER/NAME/PATH@REF`. */
export function calledWorkflowRef(file: string, started: Started): Datum {
  const [path = '', ref] = splitReference(file);
  if (ref === undefined) return joined([`${started.facts.repository}/${path}@`, started.run.ref]);
  if (/^refs\/|^[0-9a-f]{40}$/.test(ref)) return joined([file]);
  const domain = {
    kind: 'unknown',
    choices: [{ data: `refs/heads/${ref}` }, { data: `refs/tags/${ref}` }],
    reason: `${ref} is a branch or a tag of the called repository`,
  } as const;
  return joined([`${path}@`, { kind: 'open', parts: [{ variable: `the ref ${ref} of ${path}`, domain }] }]);
}

function splitReference(file: string): readonly [path: string, ref: string | undefined] {
  const at = file.indexOf('@');
  return at < 0 ? [file, undefined] : [file.slice(0, at), file.slice(at + 1)];
}

/** The claim `runner_environment`. A custom label can be a self-hosted or a larger runner. */
export function runnerOf(labels: readonly string[] | undefined): Value {
  if (labels?.includes('self-hosted')) return known('self-hosted');
  if (labels?.length === 1 && /^(ubuntu|windows|macos)-[\w.-]+$/.test(labels[0] ?? ''))
    return known('github-hosted');
  const language = either(exactly('github-hosted'), exactly('self-hosted'));
  return unknown(
    'github-hosted | self-hosted',
    'runs-on does not tell whether GitHub hosts the runner',
    language,
  );
}
