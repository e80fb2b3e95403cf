import { textClaim } from '../../identity/claims.ts';
import { type Cause, SOURCE_IDENTITY, TAG_SESSION } from '../../sts/cause.ts';
import { parseOperator } from '../../trust/condition-operators.ts';
import type { Mismatch, StatementVerdict, Verdict } from '../../trust/evaluate.ts';
import { TAG_KEYS } from '../../trust/questions.ts';
import { isCustomised, parseSubject } from '../../trust/subject.ts';
import { like } from '../../trust/wildcards.ts';
import type { Denial } from './denial.ts';
import {
  callerNotTrusted,
  customised,
  EXTERNAL_ID_MISSING,
  EXTERNAL_ID_WRONG,
  environmentSubject,
  immutable,
  issuerCause,
  letterCase,
  MFA_REQUIRED,
  nameSubject,
  pullRequest,
  reusable,
  tagCondition,
  tagRef,
} from './known-causes.ts';

const POLICY_NOT_AS_FILED: Cause = {
  id: 'policy-not-as-filed',
  why: 'the file in trust-policy would allow this run, so the deployed policy differs from the file, or the role does not exist',
  check:
    'Compare the file with `aws iam get-role --query Role.AssumeRolePolicyDocument`, or deploy it. Check the ARN.',
};

export function causesByVerdict(verdict: Verdict, denial: Denial): readonly Cause[] {
  switch (verdict.decision) {
    case 'denied':
      return causesInPolicy(verdict, denial);
    case 'allowed':
      return [POLICY_NOT_AS_FILED];
    case 'undecided':
      return [...causesNotEvaluated(verdict, denial), POLICY_NOT_AS_FILED];
  }
}

/** The parts of the policy that only AWS can evaluate. */
function causesNotEvaluated({ statements }: Verdict, denial: Denial): readonly Cause[] {
  const open = statements
    .filter(({ outcome }) => outcome === 'undecided')
    .flatMap(({ notEvaluated }) => notEvaluated);
  const inToken = open.flatMap(({ key = '' }) => (isClaim(key, denial) ? [claimNotPassedOn(key)] : []));
  if (inToken.length === open.length) return inToken;
  const cause: Cause = {
    id: 'condition-not-evaluated',
    why: `the trust policy has parts that only AWS can evaluate: ${open.map(({ part }) => part).join(', ')}`,
    check: 'Look up the values in the CloudTrail event of the request: address, VPC, organization.',
  };
  return [...inToken, cause];
}

/** Why the policy denies the run: an explicit denial, or the mismatches of the statement that comes closest. */
function causesInPolicy(verdict: Verdict, denial: Denial): readonly Cause[] {
  const denied = verdict.statements.find(
    ({ statement, outcome }) => statement.effect === 'Deny' && outcome === 'applies',
  );
  if (denied !== undefined) {
    return [
      {
        id: 'explicit-deny',
        why: `${denied.statement.label} of the trust policy denies this run`,
        check: 'Narrow its conditions. A statement that denies overrides every statement that allows.',
      },
    ];
  }
  const [nearest] = verdict.statements
    .filter(({ statement }) => statement.effect === 'Allow')
    .toSorted((a, b) => distance(a) - distance(b));
  return (nearest?.mismatches ?? []).map((mismatch) => causeOfMismatch(mismatch, verdict, denial));
}

/** Another action or principal is a greater distance than another condition. */
function distance({ mismatches }: StatementVerdict): number {
  return mismatches.reduce((sum, { element }) => sum + (element === 'Condition' ? 1 : 10), 0);
}

function causeOfMismatch(mismatch: Mismatch, { question }: Verdict, denial: Denial): Cause {
  const { element, wanted, found } = mismatch;
  if (element === 'Principal') return causeOfPrincipal(wanted, found, denial);
  if (element === 'Condition') return causeOfCondition(mismatch, denial);
  if (question.action === 'sts:TagSession') return TAG_SESSION;
  if (question.action === 'sts:SetSourceIdentity') return SOURCE_IDENTITY;
  return {
    id: 'action-not-allowed',
    why: `the trust policy allows ${wanted.join(', ')}, and the request is ${question.action}`,
    check: `Add ${question.action} to the Action of the statement.`,
  };
}

function causeOfCondition(mismatch: Mismatch, denial: Denial): Cause {
  const { wanted, found } = mismatch;
  const key = mismatch.key?.toLowerCase() ?? '';
  if (key === 'sts:externalid') return found.length === 0 ? EXTERNAL_ID_MISSING : EXTERNAL_ID_WRONG;
  if (key.startsWith('aws:multifactorauth')) return MFA_REQUIRED;
  if (TAG_KEYS.test(key)) return tagCondition(mismatch, denial);
  if (key === 'sts:rolesessionname') {
    return {
      id: 'session-name',
      why: `the trust policy requires the session name ${wanted.join(' or ')}, and it is ${found.join()}`,
      check: 'Set role-session-name, or change the condition.',
    };
  }
  const claim = key.slice(key.lastIndexOf(':') + 1);
  if (claim === 'sub') return causeOfSubject(mismatch, denial);
  if (claim !== 'aud') return causeOfClaim(mismatch, claim, denial);
  return {
    id: 'audience-condition',
    why: `the trust policy requires the audience ${wanted.join(' or ')}, and the token has ${found.join()}`,
    check: 'Set audience, or change the condition.',
  };
}

function causeOfPrincipal(wanted: readonly string[], found: readonly string[], denial: Denial): Cause {
  const [provider] = found;
  if (denial.claims === undefined || provider === undefined)
    return callerNotTrusted(denial.request.role.arn, denial.caller?.arn);
  const check = `Set Federated to ${provider}.`;
  const parts = (arn: string) => /^arn:([^:]+):iam::(\d*):oidc-provider\/(.*)$/.exec(arn) ?? [];
  const [, partition, accountId, issuer] = parts(provider);
  for (const arn of wanted) {
    const [, wantedPartition, wantedAccount, wantedIssuer] = parts(arn);
    if (wantedIssuer === undefined) continue;
    if (wantedIssuer !== issuer) {
      return {
        id: denial.server === undefined ? 'issuer-of-provider' : issuerCause(denial.server),
        why: `the trust policy names the provider ${wantedIssuer}, and the issuer of the token is ${issuer}`,
        check,
      };
    }
    if (wantedAccount !== accountId) {
      return {
        id: 'account-of-provider',
        why: `the trust policy names a provider of account ${wantedAccount}, and only providers of the role's account ${accountId} count`,
        check,
      };
    }
    if (wantedPartition !== partition) {
      return {
        id: 'partition-of-provider',
        why: `the trust policy names a provider of partition ${wantedPartition}`,
        check,
      };
    }
  }
  return {
    id: 'issuer-of-provider',
    why: "the trust policy does not name the identity provider of the token's issuer",
    check,
  };
}

function causeOfSubject({ operator, wanted, found }: Mismatch, denial: Denial): Cause {
  const subject = found[0] ?? '';
  const { name } = parseOperator(operator ?? '');
  if (name === 'StringEquals' && wanted.some((value) => /[*?]/.test(value) && like(subject, value))) {
    return {
      id: 'wildcard-under-equals',
      why: 'the trust policy has * or ? under StringEquals, where they are not wildcards',
      check: 'Replace StringEquals with StringLike.',
    };
  }
  if (wanted.some((value) => like(subject.toLowerCase(), value.toLowerCase()))) return letterCase(subject);
  if (denial.claims !== undefined && isCustomised(denial.claims))
    return customised(subject, denial.subjectClaimKeys);

  const own = parseSubject(subject);
  const repository = textClaim(denial.claims, 'repository');
  const near = wanted.map(parseSubject).filter((parsed) => parsed !== undefined);
  const same = near.filter((parsed) => like(repository, parsed.repository));
  if (own === undefined || same.length === 0) {
    return {
      id: near.length > 0 ? 'other-repository' : 'subject',
      why: `the trust policy names ${wanted.join(' or ')}, and the subject of the token is ${subject}`,
      check: 'Add the subject of this repository to the condition.',
    };
  }
  const contexts = same.filter(({ immutable: form }) => form === own.immutable).map(({ context }) => context);
  if (contexts.length === 0) return own.immutable ? immutable(subject, repository) : nameSubject(subject);
  return causeOfContext(own.context, contexts, denial);
}

function causeOfContext(context: string, wanted: readonly string[], { claims }: Denial): Cause {
  if (context === 'pull_request') return pullRequest(textClaim(claims, 'sub'));
  if (context.startsWith('environment:')) {
    const environment = textClaim(claims, 'environment');
    if (!wanted.some((other) => other.startsWith('environment:'))) return environmentSubject(environment);
    return {
      id: 'other-environment',
      why: `the trust policy allows ${wanted.join(' or ')}, and the job uses the environment ${environment}`,
      check: `Add environment:${environment} to the condition, or use the other environment in the job.`,
    };
  }
  if (context.startsWith('ref:refs/tags/') && !wanted.some((other) => other.startsWith('ref:refs/tags')))
    return tagRef(textClaim(claims, 'ref'));
  return {
    id: 'branch',
    why: `the trust policy allows ${wanted.join(' or ')}, and this run is for ${context}`,
    check: 'Add the branch or tag to the condition, or run the job for an allowed one.',
  };
}

function causeOfClaim({ key = '', wanted, found }: Mismatch, claim: string, { claims }: Denial): Cause {
  const [value] = found;
  if (value === undefined) {
    if (claims?.[claim] !== undefined) return claimNotPassedOn(key);
    return {
      id: 'claim-absent',
      why: `the trust policy has a condition on ${key}, and the request has no such value`,
      check:
        claim === 'environment'
          ? 'Use an environment in the job, or remove the condition.'
          : 'Remove the condition, or check its spelling.',
    };
  }
  if (claim === 'job_workflow_ref') return reusable(found.join());
  if (claim === 'ref' && value.startsWith('refs/tags/')) return tagRef(value);
  if (wanted.some((other) => like(value.toLowerCase(), other.toLowerCase()))) return letterCase(found.join());
  return {
    id: 'claim-value',
    why: `the trust policy requires ${wanted.join(' or ')} for ${key}, and the request has ${found.join()}`,
    check: 'Change the condition, or run the job where it is met.',
  };
}

/** Whether a condition key names a claim of the token. */
function isClaim(key: string, { claims }: Denial): boolean {
  const at = key.lastIndexOf(':');
  const issuer = textClaim(claims, 'iss');
  return claims?.[key.slice(at + 1)] !== undefined && issuer.endsWith(`//${key.slice(0, at)}`);
}

function claimNotPassedOn(key: string): Cause {
  return {
    id: 'claim-not-passed-on',
    why: `the trust policy has a condition on ${key}, a claim that STS does not evaluate for this issuer, according to the AWS documentation`,
    check:
      'Use the subject, or a claim that STS evaluates: repository_id, job_workflow_ref, ref, environment, actor.',
  };
}
