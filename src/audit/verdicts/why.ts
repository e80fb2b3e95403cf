import type { ConditionVerdict } from '../evaluate/condition-set.ts';
import type { SetVerdict, StatementVerdict } from '../evaluate/evaluate-set.ts';
import type { TokenSet } from '../evaluate/token-set.ts';
import type { Assumption, JobRun } from '../model/types.ts';
import type { Role } from '../policies/roles/role.ts';
import { both, not } from '../texts/language.ts';
import { example } from '../texts/relation.ts';
import { allowingStatement } from './allowing-statement.ts';
import type { RoleMatch, RoleMatches } from './match-roles.ts';

/** What a verdict is about. */
interface About {
  readonly run: JobRun;
  readonly tokens: TokenSet;
  readonly match: RoleMatch;
}

/** Why a policy says what it says to the tokens of a job. */
export function whyOfVerdict(verdict: SetVerdict, about: About): string {
  const sentences = [...sentencesOf(verdict, about), ...remarks(about)];
  return sentences.join(' ');
}

function sentencesOf({ decision, statements }: SetVerdict, about: About): string[] {
  const { role } = about.match;
  const place = `${role.at.file} (${role.label})`;
  switch (decision) {
    case 'allowed':
      return [`${labels(statements)} of ${place} allows it.`];
    case 'denied':
      return [...deniedBy(statements, role, place), ...allowedBy(about)];
    case 'depends':
      return [`${place} allows some of the runs.`, ...limits(statements, role, 'sometimes')];
    case 'unknown':
      return [`Whether ${place} allows it is unknown.`, ...limits(statements, role, 'unknown')];
  }
}

function labels(statements: readonly StatementVerdict[]): string {
  const names = statements
    .filter(({ statement, often }) => statement.effect === 'Allow' && often !== 'never')
    .map(({ statement }) => statement.label);
  return [...new Set(names)].join(', ');
}

/** The statement that denies, or the one that comes nearest to allowing. */
function deniedBy(statements: readonly StatementVerdict[], role: Role, place: string): string[] {
  const deny = statements.find(({ statement, often }) => statement.effect === 'Deny' && often === 'always');
  if (deny !== undefined) return [`${deny.statement.label} of ${place} denies it.`];
  const nearest = nearestStatement(statements);
  if (nearest === undefined) return [`${place} has no statement that allows anything.`];
  return [
    `${place} does not allow it.`,
    `${nearest.statement.label}: ${mismatches(nearest, role).join('; ')}.`,
  ];
}

/** The statement with the fewest mismatches. Another action or another principal counts more than a condition. */
export function nearestStatement(statements: readonly StatementVerdict[]): StatementVerdict | undefined {
  const distance = ({ coversAction, principal, conditions }: StatementVerdict) =>
    (coversAction ? 0 : 10) +
    (principal.often === 'never' ? 10 : 0) +
    conditions.filter(({ often }) => often === 'never').length;
  return statements
    .filter(({ statement }) => statement.effect === 'Allow')
    .toSorted((a, b) => distance(a) - distance(b))[0];
}

function mismatches(
  { statement, coversAction, principal, conditions }: StatementVerdict,
  role: Role,
): string[] {
  const names = Object.values(statement.principal ?? {}).flat();
  return [
    ...(coversAction ? [] : [`Action: wanted ${statement.actions.join(' | ')}`]),
    ...(principal.often === 'never'
      ? [`Principal: wanted ${names.map((name) => role.unknowns.shown(String(name))).join(' | ')}`]
      : []),
    ...conditions.filter(({ often }) => often === 'never').map((verdict) => describe(verdict, role)),
  ];
}

/** Values that a sentence can take in. */
const MAX_SHOWN = 5;

function describe({ condition, found }: ConditionVerdict, { unknowns }: Role): string {
  const values = condition.values.slice(0, MAX_SHOWN).map((value) => unknowns.shown(value));
  const more = condition.values.length - values.length;
  const wanted = `${values.join(' | ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `${condition.operator} ${condition.key}: wanted ${wanted}, found ${found?.shown ?? '(none)'}`;
}

/** The conditions that are met sometimes, or of which it is not known, of the statements that could apply. */
function limits(
  statements: readonly StatementVerdict[],
  role: Role,
  often: 'sometimes' | 'unknown',
): string[] {
  return statements
    .filter((verdict) => verdict.often !== 'never')
    .flatMap(({ statement, principal, conditions }) => {
      const parts = [
        ...(principal.often === 'unknown' ? [`Principal: ${principal.reasons.join('; ')}`] : []),
        ...conditions
          .filter((verdict) => verdict.often === often)
          .map((verdict) => `${describe(verdict, role)}${detail(verdict)}`),
      ];
      return parts.length === 0 ? [] : [`${statement.label} (${statement.effect}): ${parts.join('; ')}.`];
    });
}

function detail({ often, reasons, met, found }: ConditionVerdict): string {
  if (often === 'unknown') return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  const other =
    met === undefined || found === undefined ? undefined : example(both(found.language, not(met)));
  return typeof other === 'object' ? `, not met for example by ${other.text}` : '';
}

function allowedBy({ tokens, match }: About): string[] {
  const statement = allowingStatement(tokens, match.account);
  return statement === undefined ? [] : [`This statement would allow it: ${JSON.stringify(statement)}`];
}

function remarks({ run, match }: About): string[] {
  const { accountId } = match.account;
  return [
    ...(run.hypotheses.length === 0 ? [] : [`This assumes ${run.hypotheses.join(', ')}.`]),
    ...(accountId === undefined ? ['The account of the role is unknown: this is for any account.'] : []),
  ];
}

/** Why there is no policy to evaluate. */
export function whyOfMissing({ role }: Assumption, { isNamed, otherPath }: RoleMatches): string {
  if (!isNamed && role.kind === 'known') return `${role.text} is not the ARN or the name of a role.`;
  if (!isNamed) return `The role is unknown: ${reasonsOf(role)}. Set its value in variables.`;
  const other = otherPath[0];
  if (other !== undefined) return `The role of ${other.at.file} has the path ${other.path?.shown}.`;
  return `No file has the trust policy of ${role.shown}.`;
}

function reasonsOf(value: Assumption['role']): string {
  return value.kind === 'known' ? '' : value.reasons.join('; ');
}

/** Why it is unknown which audience counts. */
export function whyOfAudience({ audience, otherAudience }: Assumption): string {
  return `The policy allows the audience ${otherAudience?.shown}, which is presented only if the identity provider of the account rejects ${audience.shown}.`;
}

/** Why it is unknown whether the job gets a token, with what its token would get. */
export function whyOfToken(why: string, verdict: string): string {
  return `Whether the job gets a token is unknown: ${why}. ${verdict}`;
}
