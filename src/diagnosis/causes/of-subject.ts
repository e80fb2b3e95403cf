import { textClaim } from '../../identity/claims.ts';
import type { Cause } from '../../sts/cause.ts';
import { parseOperator } from '../../trust/condition-operators.ts';
import type { Mismatch } from '../../trust/evaluate.ts';
import { isCustomised, parseSubject } from '../../trust/subject.ts';
import { like } from '../../trust/wildcards.ts';
import type { Denial } from './denial.ts';
import * as known from './known-causes.ts';

/** Why a condition on the subject is not met. */
export function causeOfSubject({ operator, wanted, found }: Mismatch, denial: Denial): Cause {
  const subject = found[0] ?? '';
  const { name } = parseOperator(operator ?? '');
  if (name === 'StringEquals' && wanted.some((value) => /[*?]/.test(value) && like(subject, value))) {
    return {
      id: 'wildcard-under-equals',
      why: 'the trust policy has * or ? under StringEquals, which compares them as plain characters',
      check: 'Use StringLike instead of StringEquals.',
    };
  }
  if (wanted.some((value) => like(subject.toLowerCase(), value.toLowerCase())))
    return known.letterCase(subject);
  if (denial.claims !== undefined && isCustomised(denial.claims))
    return known.customised(subject, denial.subjectClaimKeys);

  const own = parseSubject(subject);
  const repository = textClaim(denial.claims, 'repository');
  const inDefaultForm = wanted.map(parseSubject).filter((parsed) => parsed !== undefined);
  const ofRepository = inDefaultForm.filter((parsed) => like(repository, parsed.repository));
  if (own === undefined || ofRepository.length === 0) {
    return {
      id: inDefaultForm.length > 0 ? 'other-repository' : 'subject',
      why: `the trust policy allows ${wanted.join(' or ')}, and the subject of the token is ${subject}`,
      check: 'Add the subject of this repository to the condition.',
    };
  }
  const sameForm = ofRepository.filter((parsed) => parsed.immutable === own.immutable);
  if (sameForm.length === 0)
    return own.immutable ? known.immutable(subject, repository) : known.nameSubject(subject);
  return causeOfContext(
    own.context,
    sameForm.map(({ context }) => context),
    denial,
  );
}

/** Why a subject that names the repository does not match: its branch, tag, environment or pull request. */
function causeOfContext(context: string, wanted: readonly string[], denial: Denial): Cause {
  if (context === 'pull_request') return known.pullRequest(textClaim(denial.claims, 'sub'));
  if (context.startsWith('environment:')) {
    const environment = textClaim(denial.claims, 'environment');
    if (!wanted.some((other) => other.startsWith('environment:')))
      return known.environmentSubject(environment);
    return {
      id: 'other-environment',
      why: `the trust policy allows ${wanted.join(' or ')}, and the job uses the environment ${environment}`,
      check: `Add environment:${environment} to the condition, or use another environment in the job.`,
    };
  }
  if (context.startsWith('ref:refs/tags/') && !wanted.some((other) => other.startsWith('ref:refs/tags'))) {
    return known.tagRef(textClaim(denial.claims, 'ref'));
  }
  return {
    id: 'branch',
    why: `the trust policy allows ${wanted.join(' or ')}, and this run is for ${context}`,
    check: 'Add the branch or tag to the condition, or run the job for one that is allowed.',
  };
}
