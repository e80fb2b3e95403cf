import { type Claims, textClaim } from '../identity/claims.ts';
import { brokenByIds, type TokenStatement } from './breadth.ts';
import { breadthFindings } from './breadth-findings.ts';
import { claimConditions } from './claim-conditions.ts';
import { conditionFindings } from './condition-findings.ts';
import type { Statement, TrustPolicy } from './document.ts';
import { coversAction, isEveryone, providersIn } from './evaluate.ts';
import type { Finding, Risk } from './risk.ts';
import { GITHUB_PROVIDER, providerOf } from './statement.ts';

/**
 * Finds the risks in a policy's statements about GitHub's tokens. Breadth is judged by evaluation: which jobs of other
 * owners, other repositories, other branches, tags and environments get in, and which pull requests.
 *
 * @param token the claims of the token at hand, if there is one; otherwise examples take their place
 */
export function risksOf(policy: TrustPolicy, token: Claims | undefined): Risk[] {
  return policy.statements
    .filter(({ effect }) => effect === 'Allow')
    .filter((statement) => coversAction(statement, 'sts:AssumeRoleWithWebIdentity'))
    .flatMap((statement) => {
      const provider = gitHubProvider(statement, token);
      if (provider === undefined) return [];
      const conditions = claimConditions(statement, provider);
      const findings = findingsIn({ policy, statement, provider, conditions, token });
      return findings.map((finding) => ({ statement: statement.label, ...finding }));
    });
}

/** The provider of GitHub's tokens that a statement names: of the token at hand, of github.com or of an enterprise. */
function gitHubProvider(statement: Statement, token: Claims | undefined): string | undefined {
  const own = token === undefined ? GITHUB_PROVIDER : providerOf(textClaim(token, 'iss'));
  if (namesEveryone(statement)) return own;
  const providers = providersIn(statement).map((name) => name.replace(/.*:oidc-provider\//, ''));
  return (
    providers.find((provider) => provider.toLowerCase() === own.toLowerCase()) ??
    providers.find((provider) =>
      /^token\.actions\.githubusercontent\.com(\/|$)|\.ghe\.com(\/|$)|\/_services\/token$/.test(provider),
    )
  );
}

function namesEveryone(statement: Statement): boolean {
  return isEveryone(statement.principal) || providersIn(statement).includes('*');
}

function findingsIn(about: TokenStatement): Finding[] {
  const everyone: Finding = {
    id: 'too-wide',
    problem: 'Principal * names everyone',
    remedy: "Name the identity provider's ARN as Federated.",
  };
  const broken = brokenByIds(about).map(
    (subject): Finding => ({
      id: 'immutable-break',
      problem: `the condition names the repository without IDs, and does not allow the subject with IDs, ${subject}`,
      remedy: 'Use the subject with IDs.',
    }),
  );
  return [
    ...(namesEveryone(about.statement) ? [everyone] : []),
    ...breadthFindings(about),
    ...conditionFindings(about),
    ...broken,
  ];
}
