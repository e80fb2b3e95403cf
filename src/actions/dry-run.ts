import type { DiagnosisContext } from '../diagnosis/diagnosis-context.ts';
import { describeClaims } from '../diagnosis/presented-claims.ts';
import { describePlan } from '../plan/describe-plan.ts';

/** Writes the plan and the claims of its OIDC tokens into the log, without a request to AWS. */
export async function describeRun({ plan, connection, host: { runner } }: DiagnosisContext): Promise<void> {
  runner.group('Dry run: the plan, without a request to AWS', describePlan(plan));
  const identities = plan.nodes.flatMap(({ source }) =>
    source.kind === 'identity' ? connection.identityOf(source.identity) : [],
  );
  for (const identity of new Set(identities)) {
    if (identity.kind !== 'web-identity') continue;
    const { claims } = await identity.token();
    runner.group('Dry run: the claims of the token', describeClaims(claims));
  }
}
