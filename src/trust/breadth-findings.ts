import { textClaim } from '../identity/claims.ts';
import { type Admitted, type Breadth, breadthOf, type TokenStatement } from './breadth.ts';
import { assertsPresence, parseOperator } from './condition-operators.ts';
import type { Condition } from './document.ts';
import type { Outsider } from './outsiders.ts';
import type { Finding } from './risk.ts';

/** Outsiders in words; those that a wider group includes are not named beside it. */
type Groups = readonly { readonly outsider: Outsider; readonly within?: Outsider; readonly words: string }[];

const REPOSITORIES: Groups = [
  { outsider: 'other owner', words: 'every repository on GitHub' },
  { outsider: 'owner twin', within: 'other owner', words: 'repositories of owners with a similar name' },
  { outsider: 'other repository', within: 'other owner', words: 'every repository of OWNER' },
  {
    outsider: 'repository twin',
    within: 'other repository',
    words: 'repositories of OWNER with a similar name',
  },
];
const EVENTS: Groups = [
  { outsider: 'pull request', words: 'pull requests' },
  { outsider: 'other branch', words: 'every branch' },
  { outsider: 'branch twin', within: 'other branch', words: 'branches with a similar name' },
  { outsider: 'tag', words: 'every tag' },
  { outsider: 'other environment', words: 'every environment' },
  { outsider: 'environment twin', within: 'other environment', words: 'environments with a similar name' },
];

/** The jobs that get in and should not: at most one finding for repositories, and one for events. */
export function breadthFindings(about: TokenStatement): Finding[] {
  const breadth = breadthOf(about);
  const findings = [repositoryFinding(breadth, about), eventFinding(breadth)].filter(
    (finding) => finding !== undefined,
  );
  return findings.length > 0 ? findings : looseFindings(about);
}

function repositoryFinding(breadth: Breadth, { policy }: TokenStatement): Finding | undefined {
  const found = wordsFor(REPOSITORIES, breadth);
  if (found === undefined) return undefined;
  const [owner = ''] = textClaim(found.admitted.intended, 'repository').split('/');
  const conditions = policy.statements.flatMap((statement) => statement.conditions);
  const isNamed = conditions.some(({ values }) => values.some((value) => value.includes(owner)));
  return {
    id: 'too-wide',
    problem: `${found.words.replaceAll('OWNER', isNamed ? owner : 'the owner')} can assume the role`,
    remedy: 'Name owner and repository in the condition on the subject.',
    example: found.admitted.example,
  };
}

function eventFinding(breadth: Breadth): Finding | undefined {
  const found = wordsFor(EVENTS, breadth);
  if (found === undefined || breadth.has('other owner')) return undefined;
  const hasPullRequests = breadth.has('pull request');
  const remedy = 'Name branches, tags or environments in the condition on the subject.';
  return {
    id: hasPullRequests ? 'pull-request-into-deploying-role' : 'too-wide',
    problem: `${found.words} can assume the role`,
    remedy: hasPullRequests ? `${remedy} Create a read-only role for pull requests.` : remedy,
    example: found.admitted.example,
  };
}

function wordsFor(groups: Groups, breadth: Breadth): { words: string; admitted: Admitted } | undefined {
  const shown = groups.filter(
    ({ outsider, within }) => breadth.has(outsider) && (within === undefined || !breadth.has(within)),
  );
  const [first] = shown;
  const admitted = first && breadth.get(first.outsider);
  if (admitted === undefined) return undefined;
  const words = shown.map((group) => group.words);
  const last = words.pop();
  return { words: words.length === 0 ? `${last}` : `${words.join(', ')} and ${last}`, admitted };
}

/** Conditions with IfExists that alone keep outsiders out, and do not require their claim. */
function looseFindings(about: TokenStatement): Finding[] {
  const { conditions } = about.statement;
  const isLoose = (condition: Condition) =>
    parseOperator(condition.operator).ifExists && !assertsPresence(conditions, condition.key);
  const loose = conditions.filter(isLoose);
  if (loose.length === 0 || breadthOf(about, isLoose).size === 0) return [];
  return loose.map(({ operator, key }) => ({
    id: 'too-wide',
    key,
    problem: `${operator} ${key} is met by a token without that claim`,
    remedy: `Use ${operator.slice(0, -'IfExists'.length)}.`,
  }));
}
