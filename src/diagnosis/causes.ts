import type { ErrorCode } from '../errors.ts';
import type { Claims } from '../identity/claims.ts';
import type { Denial } from './denial.ts';
import { isCustomised, isImmutable, parseSubject } from './subject.ts';
import { like, parseOperator } from './trust-policy/condition-operators.ts';
import type { Mismatch, StatementVerdict, Verdict } from './trust-policy/evaluate.ts';
import { providerOf } from './trust-policy/statement.ts';

/** Why STS may have refused, and where to look. The first of a list is the likeliest. */
export interface Cause {
  readonly id: CauseId;
  /** A sentence that ends the sentence "most likely:". */
  readonly why: string;
  readonly check: string;
}

export type CauseId =
  | 'account-of-provider'
  | 'action-not-allowed'
  | 'audience-condition'
  | 'audience-of-provider'
  | 'branch'
  | 'caller-permission'
  | 'caller-not-trusted'
  | 'chain-duration'
  | 'claim-absent'
  | 'claim-not-passed-on'
  | 'claim-value'
  | 'clock'
  | 'condition-not-evaluated'
  | 'credentials-expired'
  | 'customised-subject'
  | 'environment-subject'
  | 'explicit-deny'
  | 'external-id-missing'
  | 'external-id-wrong'
  | 'ghes-issuer'
  | 'immutable-subject'
  | 'issuer-of-provider'
  | 'issuer-unreachable'
  | 'key-unknown'
  | 'letter-case'
  | 'mfa-code'
  | 'mfa-required'
  | 'name-subject'
  | 'other-environment'
  | 'other-repository'
  | 'packed-size'
  | 'partition-of-provider'
  | 'policy-not-as-filed'
  | 'provider-missing'
  | 'pull-request-subject'
  | 'region-disabled'
  | 'reusable-workflow'
  | 'role-duration'
  | 'role-not-there'
  | 'session-name'
  | 'source-identity'
  | 'subject'
  | 'tag-ref'
  | 'tag-session'
  | 'token-signature'
  | 'wildcard-under-equals'
  | 'wrong-secret';

/** Causes that fit a denial, the likeliest first. Never empty for a denial that `isExplained` takes. */
export function causesOf(denial: Denial): readonly Cause[] {
  const { verdict, code } = denial;
  const byPolicy = verdict === undefined ? [] : causesByVerdict(verdict, denial);
  const others =
    code === 'STS_ACCESS_DENIED'
      ? denial.claims !== undefined
        ? causesOfRefusedToken(denial, denial.claims)
        : causesOfRefusedHop(denial)
      : (BY_CODE[code]?.(denial) ?? []);
  const all = [...byPolicy, ...others];
  return all.filter((cause, index) => all.findIndex(({ id }) => id === cause.id) === index);
}

/** Whether there is something to say about a code. */
export function isExplained(code: ErrorCode): boolean {
  return code === 'STS_ACCESS_DENIED' || code === 'TRUST_POLICY_MISMATCH' || code in BY_CODE;
}

const GITHUB = 'token.actions.githubusercontent.com';

const POLICY_NOT_AS_FILED: Cause = {
  id: 'policy-not-as-filed',
  why: 'the file in trust-policy would allow this run, so the role has another policy than the file, or is not there',
  check:
    'Compare with `aws iam get-role --query Role.AssumeRolePolicyDocument`, or deploy the file; check the ARN.',
};

const account = ({ request }: Denial) => request.role.accountId;
const claimText = (claims: Claims | undefined, name: string) => {
  const value = claims?.[name];
  return typeof value === 'string' ? value : '';
};

/** Codes whose cause is told by STS itself. */
const BY_CODE: Readonly<Partial<Record<ErrorCode, (denial: Denial) => readonly Cause[]>>> = {
  STS_PROVIDER_NOT_FOUND: (denial) => {
    const issuer = claimText(denial.claims, 'iss');
    const ghes: Cause = {
      id: 'ghes-issuer',
      why: `the token comes from GitHub Enterprise Server (${issuer}), and account ${account(denial)} has no provider of that URL`,
      check: `Create the provider with the URL ${issuer}; one for https://${GITHUB} is another.`,
    };
    const missing: Cause = {
      id: 'provider-missing',
      why: `account ${account(denial)} has no identity provider with the URL ${issuer}`,
      check: `List them with \`aws iam list-open-id-connect-providers\` in account ${account(denial)}; create it there.`,
    };
    return [
      ...(providerOf(issuer).startsWith(GITHUB) ? [missing] : [ghes, missing]),
      {
        id: 'role-not-there',
        why: `the account in the ARN, ${account(denial)}, is not the one that was meant`,
        check: 'Compare the account in role-to-assume with the one that the provider is in.',
      },
    ];
  },
  STS_AUDIENCE_REFUSED: ({ claims }) => [
    {
      id: 'audience-of-provider',
      why: `the identity provider does not list the audience ${claimText(claims, 'aud')} as a client ID`,
      check:
        'Add it with `aws iam add-client-id-to-open-id-connect-provider`, or set audience to one that it lists.',
    },
  ],
  STS_TOKEN_INVALID: () => [
    {
      id: 'token-signature',
      why: "no key in the issuer's JWKS document fits the token's signature",
      check: 'On GHES, check that AWS can fetch the JWKS document, and that it is the one of this server.',
    },
  ],
  STS_PROVIDER_UNREACHABLE: ({ claims }) => [
    {
      id: 'issuer-unreachable',
      why: 'STS could not fetch the keys of the issuer over the internet',
      check: `Open ${claimText(claims, 'iss')}/.well-known/openid-configuration from outside your network.`,
    },
  ],
  STS_TOKEN_EXPIRED: () => [
    {
      id: 'clock',
      why: "the runner's clock is behind, so that a token was taken for fresh that had ended",
      check: 'Compare `date -u` on the runner with the true time; start its time service.',
    },
  ],
  STS_SIGNATURE_MISMATCH: ({ hint }) => [
    hint === 'clock'
      ? {
          id: 'clock',
          why: "the runner's clock is more than five minutes off",
          check: 'Compare `date -u` on the runner with the true time; start its time service.',
        }
      : {
          id: 'wrong-secret',
          why: 'the secret access key is not the one of the access key ID, or a proxy changed the request',
          check: 'Enter the secret again, without quotes and line ends.',
        },
  ],
  STS_CREDENTIALS_EXPIRED: () => [
    {
      id: 'credentials-expired',
      why: 'the credentials that asked have ended',
      check: 'Obtain them in the same job, shortly before; refresh keeps sessions alive.',
    },
  ],
  STS_KEY_UNKNOWN: () => [
    {
      id: 'key-unknown',
      why: 'the access key was deleted, is inactive, or belongs to another partition',
      check: 'Look at the key with `aws iam list-access-keys`; temporary keys need aws-session-token.',
    },
  ],
  STS_REGION_DISABLED: (denial) => [
    {
      id: 'region-disabled',
      why: `account ${account(denial)} has not enabled STS in this region`,
      check: 'Enable the region in the account settings, or choose another aws-region.',
    },
  ],
  STS_DURATION_TOO_LONG: ({ hint }) => [
    hint === 'chain-duration'
      ? {
          id: 'chain-duration',
          why: "a session that another role's session asks for ends after an hour, whatever the role allows",
          check: 'Ask for 3600 seconds or less, and let refresh renew it.',
        }
      : {
          id: 'role-duration',
          why: "role-duration-seconds is more than the role's maximum session duration",
          check:
            'Raise it with `aws iam update-role --max-session-duration`, or set role-duration-seconds: max.',
        },
  ],
  STS_POLICY_TOO_LARGE: () => [
    {
      id: 'packed-size',
      why: 'session policies and tags together take more than STS allows; the answer names the percentage',
      check:
        'Shorten inline-session-policy, move it into a managed policy, or set role-skip-session-tagging: true.',
    },
  ],
  STS_MFA_REFUSED: () => [
    {
      id: 'mfa-code',
      why: 'the code was wrong, or had been used before',
      check: "Check mfa-serial, the secret, and the runner's clock; a code is good once in 30 seconds.",
    },
  ],
};

/** A token was refused, and nobody here has seen the policy: the job's own facts say what is unusual about it. */
function causesOfRefusedToken(denial: Denial, claims: Claims): readonly Cause[] {
  const subject = claimText(claims, 'sub');
  const repository = claimText(claims, 'repository');
  const environment = claimText(claims, 'environment');
  const ref = claimText(claims, 'ref');
  const workflow = claimText(claims, 'job_workflow_ref');
  const issuer = claimText(claims, 'iss');
  const causes: Cause[] = [];

  if (isCustomised(claims)) causes.push(customised(subject, denial.subjectClaimKeys));
  if (claimText(claims, 'event_name') === 'pull_request') causes.push(pullRequest(subject));
  if (isImmutable(subject)) causes.push(immutable(subject, repository));
  if (environment !== '') causes.push(environmentSubject(environment));
  if (ref.startsWith('refs/tags/')) causes.push(tagRef(ref));
  if (workflow !== '' && !workflow.startsWith(`${repository}/`)) causes.push(reusable(workflow));
  if (!providerOf(issuer).startsWith(GITHUB)) {
    causes.push({
      id: 'ghes-issuer',
      why: `the token comes from GitHub Enterprise Server, so principal and condition keys begin with ${providerOf(issuer)}`,
      check: `Look for ${GITHUB} in the policy and replace it.`,
    });
  }
  if (/[A-Z]/.test(repository)) causes.push(letterCase(subject));
  causes.push(
    {
      id: 'subject',
      why: `the trust policy does not name the subject ${subject}`,
      check: 'Compare it letter by letter; * needs StringLike.',
    },
    roleNotThere(denial),
  );
  return causes;
}

function causesOfRefusedHop(denial: Denial): readonly Cause[] {
  const { hint, request, caller } = denial;
  const who = caller?.arn ?? 'the caller';
  const { arn } = request.role;
  if (hint === 'tag-session') return [TAG_SESSION];
  if (hint === 'source-identity') return [SOURCE_IDENTITY];
  const permission: Cause = {
    id: 'caller-permission',
    why: `${who} has no policy that allows sts:AssumeRole on ${arn}`,
    check: `Add a statement to its policies: Allow sts:AssumeRole on ${arn}. A session policy, a boundary or an SCP may stand against it, too.`,
  };
  if (hint === 'caller-permission') return [permission, callerNotTrusted(who, arn)];
  const externalId = request.operation === 'AssumeRole' ? request.externalId : undefined;
  const mfa = request.operation === 'AssumeRole' && caller?.kind === 'user' && request.mfa === undefined;
  return [
    ...(externalId === undefined ? [] : [EXTERNAL_ID_WRONG]),
    callerNotTrusted(who, arn),
    ...(externalId === undefined ? [EXTERNAL_ID_MISSING] : []),
    ...(mfa ? [MFA_REQUIRED] : []),
    permission,
    roleNotThere(denial),
  ];
}

function causesByVerdict(verdict: Verdict, denial: Denial): readonly Cause[] {
  switch (verdict.decision) {
    case 'denied':
      return causesInPolicy(verdict, denial);
    case 'allowed':
      return [POLICY_NOT_AS_FILED];
    case 'undecided': {
      const open = verdict.statements.flatMap(({ outcome, notEvaluated }) =>
        outcome === 'undecided' ? notEvaluated.map(({ operator, key }) => `${operator} ${key}`) : [],
      );
      const cause: Cause = {
        id: 'condition-not-evaluated',
        why: `the trust policy has conditions whose values only AWS sees: ${open.join(', ')}`,
        check: 'Look at the request in CloudTrail for them: the address, the VPC, the organisation.',
      };
      return [cause, POLICY_NOT_AS_FILED];
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
      const ghes = issuer !== undefined && !issuer.startsWith(GITHUB);
      return {
        id: ghes ? 'ghes-issuer' : 'issuer-of-provider',
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
  const repository = claimText(denial.claims, 'repository');
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
  if (context === 'pull_request') return pullRequest(claimText(denial.claims, 'sub'));
  if (context.startsWith('environment:')) {
    const environment = claimText(denial.claims, 'environment');
    if (!wanted.some((other) => other.startsWith('environment:'))) return environmentSubject(environment);
    return {
      id: 'other-environment',
      why: `the trust policy allows ${wanted.join(' or ')}, and the job runs in ${environment}`,
      check: `Add environment:${environment}, or let the job name the other environment.`,
    };
  }
  if (context.startsWith('ref:refs/tags/') && !wanted.some((other) => other.startsWith('ref:refs/tags'))) {
    return tagRef(claimText(denial.claims, 'ref'));
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
    return {
      id: 'claim-not-passed-on',
      why: `the trust policy has a condition on ${key}, which STS does not take from tokens of this issuer`,
      check:
        'Use the subject, or a claim that STS knows: repository_id, job_workflow_ref, ref, environment, actor.',
    };
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

const TAG_SESSION: Cause = {
  id: 'tag-session',
  why: 'session tags are sent, and the trust policy or the caller lacks sts:TagSession',
  check: 'Add sts:TagSession beside sts:AssumeRole on both sides, or set role-skip-session-tagging: true.',
};
const SOURCE_IDENTITY: Cause = {
  id: 'source-identity',
  why: 'a source identity is set, and the trust policy or the caller lacks sts:SetSourceIdentity',
  check: 'Add sts:SetSourceIdentity beside sts:AssumeRole on both sides, or remove source-identity.',
};
const EXTERNAL_ID_MISSING: Cause = {
  id: 'external-id-missing',
  why: 'the trust policy asks for an external ID, and none is sent',
  check:
    'Set role-external-id, or external_id in the profile, to the one in the condition on sts:ExternalId.',
};
const EXTERNAL_ID_WRONG: Cause = {
  id: 'external-id-wrong',
  why: 'the external ID is not the one that the trust policy asks for',
  check: 'Compare role-external-id with the condition on sts:ExternalId.',
};
const MFA_REQUIRED: Cause = {
  id: 'mfa-required',
  why: 'the trust policy asks for MFA, and the caller has not proved it',
  check: 'Set mfa-serial and mfa-totp-secret. A session that another role asked for never has MFA.',
};

function callerNotTrusted(who: string, role: string): Cause {
  return {
    id: 'caller-not-trusted',
    why: `the trust policy of ${role} does not name ${who}`,
    check:
      'Add it as AWS principal, path included; a role that was deleted and made again has to be entered again.',
  };
}

function roleNotThere({ request }: Denial): Cause {
  const { name, accountId, path } = request.role;
  return {
    id: 'role-not-there',
    why: `account ${accountId} has no role ${name} with the path ${path}`,
    check: 'Compare account, path and name with the ARN that IAM shows; letter case counts.',
  };
}

function customised(subject: string, keys: readonly string[] | undefined): Cause {
  return {
    id: 'customised-subject',
    why: `the subject is customised${keys === undefined ? '' : ` (made of ${keys.join(', ')})`}: ${subject}`,
    check: 'Write it into the condition as it is; examples on the web show the default form.',
  };
}

function pullRequest(subject: string): Cause {
  return {
    id: 'pull-request-subject',
    why: `the job runs for a pull request, whose subject names no branch: ${subject}`,
    check:
      'Give pull requests a role of their own that can only read; do not let them into one that deploys.',
  };
}

function immutable(subject: string, repository: string): Cause {
  return {
    id: 'immutable-subject',
    why: `the subject has the IDs of owner and repository, and the trust policy names ${repository} without them`,
    check: `Write the subject as the token has it: ${subject}.`,
  };
}

function nameSubject(subject: string): Cause {
  return {
    id: 'name-subject',
    why: 'the trust policy names owner and repository with their IDs, and the token has names alone',
    check: `Write the subject as the token has it, ${subject}, or turn immutable subjects on for the repository.`,
  };
}

function environmentSubject(environment: string): Cause {
  return {
    id: 'environment-subject',
    why: `the job names the environment ${environment}, so its subject names that and no branch`,
    check: `Allow …:environment:${environment} in the condition, or remove environment from the job.`,
  };
}

function tagRef(ref: string): Cause {
  return {
    id: 'tag-ref',
    why: `the run is for the tag ${ref.replace('refs/tags/', '')}, and the trust policy names branches`,
    check: `Allow …:ref:${ref}, or all tags of a form with StringLike …:ref:refs/tags/v*.`,
  };
}

function reusable(workflow: string): Cause {
  return {
    id: 'reusable-workflow',
    why: `the job is of a reusable workflow, so job_workflow_ref is ${workflow}`,
    check:
      "Compare a condition on job_workflow_ref with that; the subject is still the calling repository's.",
  };
}

function letterCase(subject: string): Cause {
  return {
    id: 'letter-case',
    why: `letter case: the token has ${subject}, and values compare with case`,
    check: 'Write owner, repository and branch as GitHub shows them.',
  };
}
