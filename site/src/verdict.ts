import type { StatementVerdict, Verdict } from '../../src/trust/evaluate.ts';
import { announce, breakable, byId, codeLine, element, show } from './dom.ts';
import type { Judgement, Remark } from './judgement.ts';
import type { ListedLine } from './policy-listing.ts';

const DECISIONS: Readonly<Record<Verdict['decision'], readonly [mark: string, text: string]>> = {
  allowed: ['✓', 'Allows this job'],
  denied: ['✕', 'Does not allow this job'],
  undecided: ['?', 'May allow this job'],
};

/** Shows what a policy means for the job; nothing for no policy. */
export function showVerdict(judgement: Judgement | { readonly unreadable: string } | undefined): void {
  const shown = byId('verdict');
  show(shown, judgement !== undefined);
  shown.replaceChildren(...(judgement === undefined ? [] : partsOf(judgement)));
}

function partsOf(judgement: Judgement | { readonly unreadable: string }): HTMLElement[] {
  if ('unreadable' in judgement) {
    const text = `This is not a valid trust policy: ${judgement.unreadable}.`;
    return [element('p', { class: 'notice bad' }, text)];
  }
  const { verdict, risks, lines, remarks } = judgement;
  const [mark, text] = DECISIONS[verdict.decision];
  const banner = element(
    'div',
    { class: `banner ${verdict.decision}`, 'data-decision': verdict.decision },
    element('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
    element('div', {}, element('h3', {}, text), element('p', {}, summaryOf(judgement))),
  );
  return [
    banner,
    element('h4', {}, 'Statements'),
    element('ul', { class: 'statements' }, ...verdict.statements.map(statementItem)),
    element('h4', {}, risks.length === 0 ? 'Policy' : 'Policy with risks'),
    element('ol', { class: 'listing' }, ...lines.map((line) => lineItem(line, remarks.get(line.path) ?? []))),
    ...otherAccount(verdict),
  ];
}

/** Says the verdict to people who do not see it. */
export function announceVerdict(judgement: Judgement | { readonly unreadable: string } | undefined): void {
  if (judgement === undefined) return;
  const isValid = 'verdict' in judgement;
  announce(
    isValid
      ? `${DECISIONS[judgement.verdict.decision][1]}. ${summaryOf(judgement)}`
      : 'This is not a valid trust policy.',
  );
}

function summaryOf({ verdict, risks }: Judgement): string {
  const count = (list: readonly unknown[], one: string, many: string) =>
    list.length === 0 ? [] : [`${list.length} ${list.length === 1 ? one : many}`];
  const allows = verdict.statements.filter(({ statement }) => statement.effect === 'Allow');
  const mismatches = verdict.decision === 'allowed' ? [] : allows.flatMap((one) => one.mismatches);
  const open = verdict.statements.flatMap(({ notEvaluated }) => notEvaluated);
  const parts = [
    ...count(mismatches, 'part does not match', 'parts do not match'),
    ...count(open, 'part was not evaluated', 'parts were not evaluated'),
    ...count(risks, 'risk', 'risks'),
  ];
  return parts.length === 0 ? 'No risk was found.' : `${parts.join(', ')}.`;
}

function statementItem({ statement, outcome, mismatches, notEvaluated }: StatementVerdict): HTMLElement {
  const reasons = [
    ...mismatches.map(({ element: part, operator, key, wanted, found }) =>
      element(
        'li',
        {},
        element('code', {}, ...breakable(part === 'Condition' ? `${operator} ${key}` : part)),
        ...comparison(wanted, found),
      ),
    ),
    ...notEvaluated.map(({ part }) =>
      element('li', {}, element('code', {}, ...breakable(part)), ': not evaluated'),
    ),
  ];
  const kind = outcome === 'applies' ? statement.effect.toLowerCase() : outcome.replaceAll(' ', '-');
  return element(
    'li',
    { class: kind, 'data-outcome': outcome },
    element('strong', {}, statement.label),
    ` (${statement.effect}): ${outcome}`,
    ...(reasons.length === 0 ? [] : [element('ul', {}, ...reasons)]),
  );
}

function comparison(wanted: readonly string[], found: readonly string[]): HTMLElement[] {
  const values = (list: readonly string[]) => (list.length === 0 ? '(none)' : list.join(' or '));
  return [
    element(
      'dl',
      {},
      element('dt', {}, 'requires'),
      element('dd', {}, element('code', {}, ...breakable(values(wanted)))),
      element('dt', {}, 'found'),
      element('dd', {}, element('code', {}, ...breakable(values(found)))),
    ),
  ];
}

function lineItem({ text }: ListedLine, remarks: readonly Remark[]): HTMLElement {
  const kind = remarks.some((one) => one.kind === 'mismatch')
    ? 'mismatch'
    : remarks[0]?.kind.replace(' ', '-');
  return element('li', kind === undefined ? {} : { class: kind }, codeLine(text), ...remarks.map(remarkItem));
}

function remarkItem(remark: Remark): HTMLElement {
  switch (remark.kind) {
    case 'mismatch':
      return element(
        'div',
        { class: 'remark mismatch' },
        element('strong', {}, 'Does not match'),
        ...comparison(remark.wanted, remark.found),
      );
    case 'not evaluated':
      return element(
        'div',
        { class: 'remark not-evaluated' },
        element('strong', {}, 'Not evaluated'),
        ' Only AWS, or a token with this claim, shows the value.',
      );
    case 'risk': {
      const { id, problem, remedy, example } = remark.risk;
      return element(
        'div',
        { class: 'remark risk', 'data-risk': id },
        element('strong', {}, `Risk: ${id}`),
        element('p', {}, `${problem.charAt(0).toUpperCase()}${problem.slice(1)}. ${remedy}`),
        ...(example === undefined
          ? []
          : [element('p', {}, 'Gets in, for example: ', element('code', {}, ...breakable(example)))]),
      );
    }
  }
}

/** A way out if the policy names a provider of another account than the form. */
function otherAccount({ statements }: Verdict): HTMLElement[] {
  const wanted = statements.flatMap(({ mismatches }) =>
    mismatches.filter(({ element: part }) => part === 'Principal').flatMap((one) => one.wanted),
  );
  const account = wanted.flatMap((arn) => /:iam::(\d{12}):oidc-provider\//.exec(arn)?.[1] ?? [])[0];
  if (account === undefined) return [];
  return [
    element('button', { type: 'button', 'data-account': account }, `Use account ${account} of the policy`),
  ];
}
