import { evaluateSet, type SetVerdict } from '../evaluate/evaluate-set.ts';
import { claimsOfPolicy, keyOfTokens, tokensOf } from '../evaluate/token-set.ts';
import type { Format } from '../model/report.ts';
import type { JobRun } from '../model/types.ts';
import type { Role } from '../policies/roles/role.ts';
import { known, type Value } from '../texts/value.ts';

/** What a role says to jobs that can present their token there, whether they do or not. */
export interface Reached {
  /** The first of the runs. */
  readonly run: JobRun;
  /** All runs whose tokens are the same to the policy. */
  readonly runs: readonly JobRun[];
  readonly format: Format;
  readonly verdict: SetVerdict;
}

/** What roles say to all jobs of the repository. */
export type Reach = ReadonlyMap<Role, readonly Reached[]>;

const FORMATS: readonly Format[] = ['name', 'immutable'];

/**
 * Evaluates each role for each job; jobs whose tokens are the same to a policy once. The audience is the one that the
 * policy wants, since a job can request any.
 */
export function reachOf(roles: readonly Role[], runs: readonly JobRun[], provider: string): Reach {
  return new Map(roles.map((role) => [role, reachOfRole(role, runs, provider)]));
}

function reachOfRole(role: Role, runs: readonly JobRun[], provider: string): readonly Reached[] {
  const audience = audienceOf(role, provider);
  const about = claimsOfPolicy(role.policy, provider);
  const reached = new Map<string, Reached & { readonly runs: JobRun[] }>();
  for (const run of runs) {
    for (const format of FORMATS) {
      const tokens = tokensOf(run, audience, format, provider);
      if (tokens === undefined) continue;
      const key = [format, run.event, run.fork, keyOfTokens(tokens, about)].join('\n');
      const known = reached.get(key);
      if (known !== undefined) known.runs.push(run);
      else reached.set(key, { run, runs: [run], format, verdict: evaluateSet(role, role, tokens) });
    }
  }
  return [...reached.values()];
}

/** The first audience that the policy names; the one that AWS recommends if it names none. */
function audienceOf({ policy, unknowns }: Role, provider: string): Value {
  const key = `${provider}:aud`.toLowerCase();
  const [audience] = policy.statements
    .flatMap(({ conditions }) => conditions.filter((condition) => condition.key.toLowerCase() === key))
    .flatMap(({ values }) => values);
  return audience === undefined ? known('sts.amazonaws.com') : unknowns.valueOf(audience);
}
