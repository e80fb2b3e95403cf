import { like } from '../../aws/wildcards.ts';
import { textClaim } from '../../identity/claims.ts';
import { type Cause, SOURCE_IDENTITY, TAG_SESSION } from '../../sts/cause.ts';
import { TAG_KEYS } from '../../trust/condition-keys.ts';
import { isNegated, parseOperator } from '../../trust/condition-operators.ts';
import type { Mismatch, StatementVerdict, Verdict } from '../../trust/evaluate.ts';
import { isCustomised, parseSubject } from '../../trust/subject.ts';
import type { Denial } from './denial.ts';
import * as known from './known-causes.ts';

const POLICY_NOT_AS_FILED: Cause = {
  id: 'policy-not-as-filed',
  why: 'the file in trust-policy allows this run, so the role has a different policy, or does not exist',
  check:
    'Compare the file with `aws iam get-role --query Role.AssumeRolePolicyDocument`, or deploy it. Check the ARN.',
};

/** Causes that the trust policy in the workspace shows. */
export function causesByVerdict(verdict: Verdict, denial: Denial): readonly Cause[] {
  switch (verdict.decision) {
    case 'denied':
      return causesOfDenied(verdict, denial);
    case 'allowed':
      return [POLICY_NOT_AS_FILED];
    case 'undecided':
      return causesOfUndecided(verdict, denial);
  }
}

function causesOfUndecided({ statements }: Verdict, denial: Denial): readonly Cause[] {
  const open = statements.flatMap(({ outcome, notEvaluated }) =>
    outcome === 'undecided' ? notEvaluated : [],
  );
  const ofToken = open.flatMap(({ key = '' }) => (isClaim(key, denial) ? [claimNotPassedOn(key)] : []));
  const cause: Cause = {
    id: 'condition-not-evaluated',
    why: `the trust policy has parts that only AWS can evaluate: ${open.map(({ part }) => part).join(', ')}`,
    check: 'Find the request in CloudTrail, and compare its IP address, VPC and organization.',
  };
  return [...ofToken, ...(ofToken.length === open.length ? [] : [cause]), POLICY_NOT_AS_FILED];
}

/** Causes in the statement that comes closest to allowing the run. */
function causesOfDenied(verdict: Verdict, denial: Denial): readonly Cause[] {
  const denying = verdict.statements.find(
    ({ statement, outcome }) => statement.effect === 'Deny' && outcome === 'applies',
  );
  if (denying !== undefined) {
    return [
      {
        id: 'explicit-deny',
        why: `${denying.statement.label} of the trust policy denies this run`,
        check: 'Narrow its conditions. A Deny wins over every Allow.',
      },
    ];
  }
  const { request, caller } = denial;
  if (caller?.arn === request.role.arn) return [known.selfAssumption(request.role.arn)];
  // A statement with another action or principal is further away than one with other conditions.
  const distance = ({ mismatches }: StatementVerdict) =>
    mismatches.reduce((sum, { element }) => sum + (element === 'Condition' ? 1 : 10), 0);
  const [closest] = verdict.statements
    .filter(({ statement }) => statement.effect === 'Allow')
    .toSorted((a, b) => distance(a) - distance(b));
  return (closest?.mismatches ?? []).map((mismatch) => causeOfMismatch(mismatch, verdict, denial));
}

function causeOfMismatch(mismatch: Mismatch, { question }: Verdict, denial: Denial): Cause {
  switch (mismatch.element) {
    case 'Action':
      return causeOfAction(mismatch, question.action);
    case 'Principal':
      return causeOfPrincipal(mismatch, denial);
    case 'Condition':
      return causeOfCondition(mismatch, denial);
  }
}

function causeOfAction({ wanted }: Mismatch, action: string): Cause {
  if (action === 'sts:TagSession') return TAG_SESSION;
  if (action === 'sts:SetSourceIdentity') return SOURCE_IDENTITY;
  return {
    id: 'action-not-allowed',
    why: `the trust policy allows ${wanted.join(', ')}, and the request needs ${action}`,
    check: `Add ${action} to Action.`,
  };
}

function causeOfCondition(mismatch: Mismatch, denial: Denial): Cause {
  const { wanted, found } = mismatch;
  const key = mismatch.key?.toLowerCase() ?? '';
  if (key === 'sts:externalid')
    return found.length === 0 ? known.EXTERNAL_ID_MISSING : known.EXTERNAL_ID_WRONG;
  if (key.startsWith('aws:multifactorauth')) return known.MFA_REQUIRED;
  if (TAG_KEYS.test(key)) return known.tagCondition(mismatch, denial);
  if (isNegated(mismatch.operator ?? '')) {
    return {
      id: 'claim-value',
      why: `the trust policy excludes ${wanted.join(' and ')} for ${mismatch.key}, and the request has ${found.join()}`,
      check: 'Change the condition, or run the job where the condition is met.',
    };
  }
  if (key === 'sts:rolesessionname') {
    return {
      id: 'session-name',
      why: `the trust policy requires the session name ${wanted.join(' or ')}, and the request has ${found.join()}`,
      check: 'Set role-session-name, or change the condition.',
    };
  }
  const claim = key.slice(key.lastIndexOf(':') + 1);
  if (claim === 'aud') {
    return {
      id: 'audience-condition',
      why: `the trust policy requires the audience ${wanted.join(' or ')}, and the token has ${found.join()}`,
      check: 'Set audience, or change the condition.',
    };
  }
  return claim === 'sub' ? causeOfSubject(mismatch, denial) : causeOfClaim(mismatch, claim);
}

function causeOfClaim({ key = '', wanted, found }: Mismatch, claim: string): Cause {
  const [value] = found;
  if (value === undefined) {
    return {
      id: 'claim-absent',
      why: `the trust policy has a condition on ${key}, and the request has no value for it`,
      check:
        claim === 'environment'
          ? 'Use an environment in the job, or remove the condition.'
          : 'Remove the condition, or check its spelling.',
    };
  }
  if (claim === 'job_workflow_ref') return known.reusable(found.join());
  if (claim === 'ref' && value.startsWith('refs/tags/')) return known.tagRef(value);
  if (wanted.some((one) => like(value.toLowerCase(), one.toLowerCase())))
    return known.letterCase(found.join());
  return {
    id: 'claim-value',
    why: `the trust policy requires ${wanted.join(' or ')} for ${key}, and the token has ${found.join()}`,
    check: 'Change the condition, or run the job where the condition is met.',
  };
}

function isClaim(key: string, { claims }: Denial): boolean {
  const at = key.lastIndexOf(':');
  const issuer = textClaim(claims, 'iss');
  return claims?.[key.slice(at + 1)] !== undefined && issuer.endsWith(`//${key.slice(0, at)}`);
}

function claimNotPassedOn(key: string): Cause {
  return {
    id: 'claim-not-passed-on',
    why: `the trust policy has a condition on ${key}, and AWS does not document that STS reads this claim`,
    check:
      'Use the subject, or a claim that STS reads: repository_id, job_workflow_ref, ref, environment, actor.',
  };
}

function causeOfPrincipal({ wanted, found }: Mismatch, denial: Denial): Cause {
  const provider = denial.claims === undefined ? undefined : found[0];
  if (provider === undefined) return known.callerNotTrusted(denial.request.role.arn, denial.caller?.arn);
  const own = partsOfProvider(provider);
  const named = wanted.map(partsOfProvider).find(({ issuer }) => issuer !== undefined);
  const check = `Write ${provider} as Federated.`;
  if (named === undefined) {
    const why = "the trust policy does not name the identity provider of the token's issuer";
    return { id: 'issuer-of-provider', why, check };
  }
  if (named.issuer !== own.issuer) {
    const why = `the trust policy names the provider ${named.issuer}, and the token comes from ${own.issuer}`;
    return {
      id: denial.server === undefined ? 'issuer-of-provider' : known.issuerCause(denial.server),
      why,
      check,
    };
  }
  if (named.accountId !== own.accountId) {
    const why = `the trust policy names the provider of account ${named.accountId}, and a role can only trust a provider of its own account, ${own.accountId}`;
    return { id: 'account-of-provider', why, check };
  }
  const why = `the trust policy names a provider of the partition ${named.partition}`;
  return { id: 'partition-of-provider', why, check };
}

function partsOfProvider(arn: string) {
  const [, partition, accountId, issuer] = /^arn:([^:]+):iam::(\d*):oidc-provider\/(.*)/.exec(arn) ?? [];
  return { partition, accountId, issuer };
}

function causeOfSubject({ operator, wanted, found }: Mismatch, denial: Denial): Cause {
  const subject = found[0] ?? '';
  // An operator with wildcards would let such a subject in.
  if (wanted.some((value) => /[*?]/.test(value) && like(subject, value))) {
    const { name } = parseOperator(operator ?? '');
    return {
      id: 'wildcard-under-equals',
      why: `the trust policy has * or ? under ${name}, which compares them as plain characters`,
      check: `Use StringLike instead of ${name}.`,
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
