import { contains } from '../../src/audit/texts/language.ts';
import { example } from '../../src/audit/texts/relation.ts';
import type { Value } from '../../src/audit/texts/value.ts';
import { parseBareRole } from '../../src/aws/arn.ts';
import { PARTITION_IDS } from '../../src/aws/partitions.ts';
import { furtherKeys, type JobSetup } from '../../src/trust/job-setup.ts';
import { hasImmutableSubject, type Request } from './workflow-jobs.ts';

/** Refs that people expect as examples, one for each kind. */
const EXAMPLE_REFS = ['refs/heads/main', 'refs/tags/v1.0.0', 'refs/pull/1/merge'];

/**
 * The setup of a run that requests credentials. What the workflow leaves open stays as it is in the form if it is possible in
 * this run, and is an example otherwise.
 */
export function setupOfRequest({ run, assumption }: Request, setup: JobSetup): JobSetup {
  const ref = textFor(run.ref, setup.ref, ...EXAMPLE_REFS) ?? '';
  const chosen: JobSetup = {
    ...setup,
    ...roleOf(assumption?.role, setup),
    event: run.event,
    ref,
    environment:
      run.environment === undefined
        ? ''
        : (textFor(run.environment, setup.environment, 'ENVIRONMENT') ?? 'ENVIRONMENT'),
    calledWorkflow: calledWorkflowOf(run, ref, setup),
    format: hasImmutableSubject(run, setup) ? 'immutable' : 'names',
    audience:
      assumption === undefined
        ? setup.audience
        : (textFor(assumption.audience, setup.audience) ?? setup.audience),
  };
  const claims = furtherKeys(chosen).map((key) => {
    const value = run.claims.values.get(key);
    const before = setup.claims[key] ?? '';
    return [key, value?.kind === 'known' ? value.text : before];
  });
  return { ...chosen, claims: Object.fromEntries(claims) };
}

/** The parts of a run that the workflow does not determine, by their labels in the form. */
export function openPartsOf({ run, assumption }: Request): string[] {
  const parts = [
    ['ref', run.ref],
    ['environment', run.environment],
    ['role', assumption?.role],
    ['audience', assumption?.audience],
    ['called workflow', run.called && run.claims.values.get('job_workflow_ref')],
  ] as const;
  return parts.flatMap(([label, value]) => (value === undefined || value.kind === 'known' ? [] : [label]));
}

/** A text that a value can be: itself if it is known, else the first candidate that is possible, else an example. */
function textFor(value: Value, ...candidates: readonly string[]): string | undefined {
  if (value.kind === 'known') return value.text;
  const possible = candidates.find((one) => one !== '' && contains(value.language, one));
  if (possible !== undefined) return possible;
  const found = example(value.language);
  return typeof found === 'object' && found.text !== '' ? found.text : undefined;
}

/** `job_workflow_ref` of a called workflow. One of the same repository runs at the ref of the caller. */
function calledWorkflowOf({ called, claims }: Request['run'], ref: string, setup: JobSetup): string {
  if (called === undefined) return '';
  if (!called.file.includes('@')) return `${setup.owner}/${setup.repository}/${called.file}@${ref}`;
  const value = claims.values.get('job_workflow_ref');
  return (value && textFor(value, setup.calledWorkflow)) ?? called.file;
}

/** The parts of a role that the workflow contains; the others are those of the form. */
function roleOf(
  role: Value | undefined,
  setup: JobSetup,
): Pick<JobSetup, 'partition' | 'accountId' | 'role'> {
  const { partition, accountId } = setup;
  const text = role?.shown ?? '';
  if (role?.kind === 'known' && parseBareRole(text) !== undefined)
    return { partition, accountId, role: text };
  const parts = /^arn:([^:]+):iam::([^:]+):role\/(.+)$/.exec(text) ?? [];
  const [, ownPartition = '', ownAccount = '', ownName = ''] = parts;
  return {
    partition: PARTITION_IDS.includes(ownPartition) ? ownPartition : partition,
    accountId: /^\d{12}$/.test(ownAccount) ? ownAccount : accountId,
    role: parseBareRole(ownName) === undefined ? setup.role : ownName,
  };
}
