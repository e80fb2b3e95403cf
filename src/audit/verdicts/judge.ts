import { distinctBy } from '../../platform/distinct.ts';
import { evaluateSet, type SetVerdict } from '../evaluate/evaluate-set.ts';
import { claimsOfPolicy, keyOfTokens, type TokenSet, tokensOf } from '../evaluate/token-set.ts';
import type { Format, Row, RowVerdict } from '../model/report.ts';
import type { Assumption, JobRun } from '../model/types.ts';
import type { Role } from '../policies/roles/role.ts';
import { keyOf } from '../texts/language.ts';
import { matchRoles, type RoleMatch, type RoleMatches } from './match-roles.ts';
import { whyOfAudience, whyOfMissing, whyOfToken, whyOfVerdict } from './why.ts';

/** What the audit knows beyond workflows and policies. */
export interface JudgeOptions {
  /** The issuer of the server without its scheme. */
  readonly provider: string;
  /** The forms of subjects to judge. */
  readonly formats: readonly Format[];
}

/** A row of the report with what it comes from. */
export interface Judged {
  readonly row: Row;
  readonly run: JobRun;
  readonly assumption: Assumption;
  readonly tokens: TokenSet;
  /** Undefined if no file has the policy of the role. */
  readonly match: RoleMatch | undefined;
  readonly verdict: SetVerdict | undefined;
}

export interface Judgement {
  readonly judged: readonly Judged[];
  /** What steps assume, with the roles that they can mean. */
  readonly matchesOf: (assumption: Assumption) => RoleMatches;
}

/** Judges each job run with each role that its steps assume, in each form of the subject. */
export function judge(runs: readonly JobRun[], roles: readonly Role[], options: JudgeOptions): Judgement {
  const known = new Map<string, RoleMatches>();
  const matchesOf = ({ role }: Assumption) => {
    const key = keyOf(role.language);
    const matches = known.get(key) ?? matchRoles(role, roles);
    known.set(key, matches);
    return matches;
  };
  const evaluate = cachedEvaluation(options.provider);
  const judged = runs.flatMap((run) =>
    run.assumptions.flatMap((assumption) =>
      options.formats.flatMap((format) => {
        const tokens = tokensOf(run, assumption.audience, format, options.provider);
        if (tokens === undefined) return [];
        const found = matchesOf(assumption);
        const matches = found.matches.length === 0 ? [undefined] : found.matches;
        return matches.map((match) =>
          judgeMatch({ run, assumption, format, tokens, match, found }, evaluate),
        );
      }),
    ),
  );
  return { judged: withoutDuplicates(judged), matchesOf };
}

type Evaluate = (match: RoleMatch, tokens: TokenSet) => SetVerdict;

/** Jobs present the same tokens to the same role again and again. */
function cachedEvaluation(provider: string): Evaluate {
  const byRole = new WeakMap<Role, { about: ReadonlySet<string>; verdicts: Map<string, SetVerdict> }>();
  return ({ role, account }, tokens) => {
    const known = byRole.get(role) ?? { about: claimsOfPolicy(role.policy, provider), verdicts: new Map() };
    byRole.set(role, known);
    const key = [account.accountId, account.partition, keyOfTokens(tokens, known.about)].join('\n');
    const verdict = known.verdicts.get(key) ?? evaluateSet(role, account, tokens);
    known.verdicts.set(key, verdict);
    return verdict;
  };
}

/** What one row is about. */
interface Case {
  readonly run: JobRun;
  readonly assumption: Assumption;
  readonly format: Format;
  readonly tokens: TokenSet;
  readonly match: RoleMatch | undefined;
  readonly found: RoleMatches;
}

function judgeMatch(one: Case, evaluate: Evaluate): Judged {
  const { run, assumption, tokens, match, found } = one;
  const verdict = match === undefined ? undefined : evaluate(match, tokens);
  const result = (kind: RowVerdict, why: string): Judged => ({
    row: rowOf(one, kind, why),
    run,
    assumption,
    tokens,
    match,
    verdict,
  });
  const { token } = run;
  if (token.state === 'missing' || token.state === 'fork') return result('no-token', `${token.why}.`);
  if (match === undefined || verdict === undefined) return result('unknown', whyOfMissing(assumption, found));
  if (verdict.decision === 'denied' && otherAudienceFits(one, match, evaluate))
    return result('unknown', whyOfAudience(assumption));
  const why = whyOfVerdict(verdict, { run, tokens, match });
  if (token.state === 'unknown' && verdict.decision !== 'denied')
    return result('unknown', whyOfToken(token.why, why));
  return result(verdict.decision, why);
}

/** Whether the policy allows the audience of the second attempt, which follows where the provider rejects the first. */
function otherAudienceFits(
  { run, assumption, format, tokens }: Case,
  match: RoleMatch,
  evaluate: Evaluate,
): boolean {
  const { otherAudience } = assumption;
  const others = otherAudience && tokensOf(run, otherAudience, format, tokens.provider);
  return others !== undefined && evaluate(match, others).decision !== 'denied';
}

function rowOf({ run, assumption, format, tokens, match }: Case, verdict: RowVerdict, why: string): Row {
  const { called } = run;
  return {
    workflow: shortName(run.workflow),
    job: run.job,
    called: called === undefined ? null : `${shortName(called.file)}#${called.job}`,
    event: run.event,
    ref: run.ref.shown === '' ? null : run.ref.shown,
    environment: run.environment?.shown ?? null,
    format,
    audience: assumption.audience.shown,
    role: match?.arn ?? assumption.role.shown,
    subject: tokens.claims.get('sub')?.shown ?? '',
    verdict,
    why,
    file: assumption.at.file,
    line: assumption.at.line,
  };
}

/** A workflow of this repository by the name of its file, as GitHub shows it. */
function shortName(file: string): string {
  return file.replace(/^\.github\/workflows\//, '');
}

/** Entries of a matrix can differ in what no claim says. */
function withoutDuplicates(judged: readonly Judged[]): readonly Judged[] {
  return distinctBy(judged, ({ row, match }) => JSON.stringify([row, match?.role.at]));
}
