import { textClaim } from '../../identity/claims.ts';
import { parseOperator } from '../../trust/condition-operators.ts';
import type { Mismatch, StatementVerdict, Verdict } from '../../trust/evaluate.ts';
import { TAG_KEYS } from '../../trust/questions.ts';
import { isCustomised, parseSubject } from '../../trust/subject.ts';
import { like } from '../../trust/wildcards.ts';
import { type Cause, issuerCause } from './cause.ts';
import type { Denial } from './denial.ts';
import {
  callerNotTrusted,
  customised,
  EXTERNAL_ID_MISSING,
  EXTERNAL_ID_WRONG,
  environmentSubject,
  immutable,
  letterCase,
  MFA_REQUIRED,
  nameSubject,
  pullRequest,
  reusable,
  SOURCE_IDENTITY,
  TAG_SESSION,
  tagCondition,
  tagRef,
} from './known-causes.ts';

const POLICY_NOT_AS_FILED: Cause = {
  id: 'policy-not-as-filed',
  why: 'the file in trust-policy would allow this run, so the role has another policy than the file, or is not there',
  check:
    'Compare with `aws iam get-role --query Role.AssumeRolePolicyDocument`, or deploy the file; check the ARN.',
};

export function causesByVerdict(verdict: Verdict, denial: Denial): readonly Cause[] {
  switch (verdict.decision) {
    case 'denied':
      return causesInPolicy(verdict, denial);
    case 'allowed':
      return [POLICY_NOT_AS_FILED];
    case 'undecided': {
      const open = verdict.statements.flatMap(({ outcome, notEvaluated }) =>
        outcome === 'undecided' ? notEvaluated : [],
      );
      const inToken = open.flatMap(({ key = '' }) => (isClaim(key, denial) ? [claimNotPassedOn(key)] : []));
      const cause: Cause = {
        id: 'condition-not-evaluated',
        why: `the trust policy has parts that only AWS can decide: ${open.map(({ part }) => part).join(', ')}`,
        check: 'Look at the request in CloudTrail for them: the address, the VPC, the organisation.',
      };
      if (inToken.length === open.length) return [...inToken, POLICY_NOT_AS_FILED];
      return [...inToken, cause, POLICY_NOT_AS_FILED];
    }
  }
}

/** What in the policy stands against the run, by the statement that comes nearest to allowing it. */
function causesInPolicy(verdict: Verdict, denial: Denial): readonly Cause[] {
  const denied = verdict.statements.find(
    ({ statement, outcome }) => statement.effect === 'Deny' && outcome === 'applies',
  );
  if (denied !== undefined) {
    return [
      {
        id: 'explicit-deny',
        why: `${denied.statement.label} of the trust policy denies this run`,
        check: 'Narrow its conditions; a statement that denies wins over every one that allows.',
      },
    ];
  }
  const [nearest] = verdict.statements
    .filter(({ statement }) => statement.effect === 'Allow')
    .toSorted((a, b) => distance(a) - distance(b));
  return (nearest?.mismatches ?? []).map((mismatch) => causeOfMismatch(mismatch, verdict, denial));
}

/** A statement about another action or another principal is further away than one whose conditions differ. */
function distance({ mismatches }: StatementVerdict): number {
  return mismatches.reduce((sum, { element }) => sum + (element === 'Condition' ? 1 : 10), 0);
}

function causeOfMismatch(mismatch: Mismatch, { question }: Verdict, denial: Denial): Cause {
  const { element, wanted, found } = mismatch;
  if (element === 'Action') {
    if (question.action === 'sts:TagSession') return TAG_SESSION;
    if (question.action === 'sts:SetSourceIdentity') return SOURCE_IDENTITY;
    return {
      id: 'action-not-allowed',
      why: `the trust policy allows ${wanted.join(', ')}, and ${question.action} is asked for`,
      check: `Add ${question.action} to its Action.`,
    };
  }
  if (element === 'Principal') return causeOfPrincipal(wanted, found, denial);
  const claim = mismatch.key?.slice(mismatch.key.lastIndexOf(':') + 1).toLowerCase() ?? '';
  if (mismatch.key?.toLowerCase() === 'sts:externalid')
    return found.length === 0 ? EXTERNAL_ID_MISSING : EXTERNAL_ID_WRONG;
  if (/^aws:MultiFactorAuth/i.test(mismatch.key ?? '')) return MFA_REQUIRED;
  if (mismatch.key?.toLowerCase() === 'sts:rolesessionname') {
    return {
      id: 'session-name',
      why: `the trust policy wants a session name like ${wanted.join(' or ')}, and it is ${found.join()}`,
      check: 'Set role-session-name, or change the condition.',
    };
  }
  if (TAG_KEYS.test(mismatch.key?.toLowerCase() ?? '')) return tagCondition(mismatch, denial);
  if (claim === 'aud') {
    return {
      id: 'audience-condition',
      why: `the trust policy wants the audience ${wanted.join(' or ')}, and the token's is ${found.join()}`,
      check: 'Set audience, or change the condition.',
    };
  }
  if (claim === 'sub') return causeOfSubject(mismatch, denial);
  return causeOfClaim(mismatch, claim, denial);
}

function causeOfPrincipal(wanted: readonly string[], found: readonly string[], denial: Denial): Cause {
  const provider = denial.claims === undefined ? undefined : found[0];
  if (provider === undefined)
    return callerNotTrusted(denial.caller?.arn ?? 'the caller', denial.request.role.arn);
  const parts = (arn: string) => /^arn:([^:]+):iam::(\d*):oidc-provider\/(.*)$/.exec(arn) ?? [];
  const [, partition, accountId, issuer] = parts(provider);
  for (const arn of wanted) {
    const [, wantedPartition, wantedAccount, wantedIssuer] = parts(arn);
    if (wantedIssuer === undefined) continue;
    const check = `Write ${provider} as Federated.`;
    if (wantedIssuer !== issuer) {
      return {
        id: denial.server === undefined ? 'issuer-of-provider' : issuerCause(denial.server),
        why: `the trust policy names the provider ${wantedIssuer}, and the token is from ${issuer}`,
        check,
      };
    }
    if (wantedAccount !== accountId) {
      return {
        id: 'account-of-provider',
        why: `the trust policy names the provider of account ${wantedAccount}; only the role's own account counts, ${accountId}`,
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
    check: `Write ${provider} as Federated.`,
  };
}

function causeOfSubject({ operator, wanted, found }: Mismatch, denial: Denial): Cause {
  const subject = found[0] ?? '';
  const { name } = parseOperator(operator ?? '');
  if (name === 'StringEquals' && wanted.some((value) => /[*?]/.test(value) && like(subject, value))) {
    return {
      id: 'wildcard-under-equals',
      why: 'the trust policy has * or ? under StringEquals, where they are plain characters',
      check: 'Write StringLike in place of StringEquals.',
    };
  }
  if (wanted.some((value) => like(subject.toLowerCase(), value.toLowerCase()))) return letterCase(subject);
  if (denial.claims !== undefined && isCustomised(denial.claims))
    return customised(subject, denial.subjectClaimKeys);

  const own = parseSubject(subject);
  const repository = textClaim(denial.claims, 'repository');
  const near = wanted.map(parseSubject).filter((parsed) => parsed !== undefined);
  const same = near.filter((parsed) => like(repository, parsed.repository));
  const [other] = same;
  if (own === undefined || other === undefined) {
    return {
      id: near.length > 0 ? 'other-repository' : 'subject',
      why: `the trust policy names ${wanted.join(' or ')}, and the token's subject is ${subject}`,
      check: 'Add the subject of this repository to the condition.',
    };
  }
  const forms = same.filter(({ immutable: form }) => form === own.immutable);
  if (forms.length === 0) return own.immutable ? immutable(subject, repository) : nameSubject(subject);
  return causeOfContext(
    own.context,
    forms.map(({ context }) => context),
    denial,
  );
}

function causeOfContext(context: string, wanted: readonly string[], denial: Denial): Cause {
  if (context === 'pull_request') return pullRequest(textClaim(denial.claims, 'sub'));
  if (context.startsWith('environment:')) {
    const environment = textClaim(denial.claims, 'environment');
    if (!wanted.some((other) => other.startsWith('environment:'))) return environmentSubject(environment);
    return {
      id: 'other-environment',
      why: `the trust policy allows ${wanted.join(' or ')}, and the job runs in ${environment}`,
      check: `Add environment:${environment}, or let the job name the other environment.`,
    };
  }
  if (context.startsWith('ref:refs/tags/') && !wanted.some((other) => other.startsWith('ref:refs/tags'))) {
    return tagRef(textClaim(denial.claims, 'ref'));
  }
  return {
    id: 'branch',
    why: `the trust policy allows ${wanted.join(' or ')}, and this run is for ${context}`,
    check: 'Add the branch or tag to the condition, or run the job for the one that is allowed.',
  };
}

function causeOfClaim({ key = '', wanted, found }: Mismatch, claim: string, denial: Denial): Cause {
  const presented = denial.claims?.[claim];
  if (found.length === 0 && presented !== undefined) {
    return claimNotPassedOn(key);
  }
  if (found.length === 0) {
    return {
      id: 'claim-absent',
      why: `the trust policy has a condition on ${key}, and the request has no such value`,
      check:
        claim === 'environment'
          ? 'Let the job name an environment, or remove the condition.'
          : 'Remove the condition, or check its spelling.',
    };
  }
  if (claim === 'job_workflow_ref') return reusable(found.join());
  if (claim === 'ref' && /^refs\/tags\//.test(found[0] ?? '')) return tagRef(found[0] ?? '');
  if (wanted.some((value) => like(found[0]?.toLowerCase() ?? '', value.toLowerCase())))
    return letterCase(found.join());
  return {
    id: 'claim-value',
    why: `the trust policy wants ${key} to be ${wanted.join(' or ')}, and it is ${found.join()}`,
    check: 'Change the condition, or run the job where it holds.',
  };
}

/** Whether a condition key stands for a claim that the token has. */
function isClaim(key: string, { claims }: Denial): boolean {
  const at = key.lastIndexOf(':');
  const issuer = textClaim(claims, 'iss');
  return claims?.[key.slice(at + 1)] !== undefined && issuer.endsWith(`//${key.slice(0, at)}`);
}

function claimNotPassedOn(key: string): Cause {
  return {
    id: 'claim-not-passed-on',
    why: `the trust policy has a condition on ${key}, and by AWS's documentation STS does not take that from tokens of this issuer`,
    check:
      'Use the subject, or a claim that STS knows: repository_id, job_workflow_ref, ref, environment, actor.',
  };
}
