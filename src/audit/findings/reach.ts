import { evaluateSet, type SetVerdict } from '../evaluate/evaluate-set.ts';
import { tokensOf } from '../evaluate/token-set.ts';
import type { Format } from '../model/report.ts';
import type { JobRun } from '../model/types.ts';
import type { Role } from '../policies/roles/role.ts';
import { keyOf } from '../texts/language.ts';
import { known, type Value } from '../texts/value.ts';

/** What a role says to a job that can present its token there, whether it does or not. */
export interface Reached {
  readonly run: JobRun;
  readonly format: Format;
  readonly verdict: SetVerdict;
}

/** What roles say to all jobs of the repository. */
export type Reach = ReadonlyMap<Role, readonly Reached[]>;

const FORMATS: readonly Format[] = ['name', 'immutable'];

/**
 * Evaluates each role for each job. Jobs with the same claims are evaluated once. The audience is the one that the policy
 * wants, since a job can request any.
 */
export function reachOf(roles: readonly Role[], runs: readonly JobRun[], provider: string): Reach {
  const kinds = distinctRuns(runs);
  return new Map(
    roles.map((role) => [
      role,
      kinds.flatMap(({ run, format }) => {
        const tokens = tokensOf(run, audienceOf(role, provider), format, provider);
        if (tokens === undefined) return [];
        const verdict = evaluateSet(role, role, tokens);
        return [{ run, format, verdict }];
      }),
    ]),
  );
}

function distinctRuns(runs: readonly JobRun[]): readonly { readonly run: JobRun; readonly format: Format }[] {
  const byClaims = new Map<string, { run: JobRun; format: Format }>();
  for (const run of runs) {
    for (const format of FORMATS) {
      const { subject, values, absent } = run.claims;
      const own = [['sub', subject[format]] as const, ...values];
      const key = [
        format,
        run.event,
        run.fork,
        ...absent,
        ...own.map(([name, value]) => `${name} ${keyOfValue(value)}`),
      ];
      if (!byClaims.has(key.join('\n'))) byClaims.set(key.join('\n'), { run, format });
    }
  }
  return [...byClaims.values()];
}

function keyOfValue(value: Value | undefined): string {
  return value === undefined ? '' : `${value.kind} ${keyOf(value.language)}`;
}

/** The first audience that the policy names; the one that AWS recommends if it names none. */
function audienceOf({ policy, unknowns }: Role, provider: string): Value {
  const key = `${provider}:aud`.toLowerCase();
  const [audience] = policy.statements
    .flatMap(({ conditions }) => conditions.filter((condition) => condition.key.toLowerCase() === key))
    .flatMap(({ values }) => values);
  return audience === undefined ? known('sts.amazonaws.com') : unknowns.valueOf(audience);
}
