import { type Claims, decodeClaims } from '../../src/identity/claims.ts';
import { claimsOf, EXAMPLE_SETUP, type JobSetup, setupOf } from '../../src/trust/job-setup.ts';
import { fragmentOf, setupInFragment } from '../../src/trust/setup-link.ts';
import { policyOf, webIdentityStatement } from '../../src/trust/statement.ts';
import { calledWorkflow } from '../../src/trust/statement-for-token.ts';
import { byId, copyFrom, show } from './dom.ts';
import { prepareForm, readForm, updateForm, writeForm } from './form.ts';
import { judge } from './judgement.ts';
import { type Notation, policyIn, showPolicy, showToken } from './results.ts';
import { announceVerdict, showVerdict } from './verdict.ts';
import { clearWorkflow, prepareWorkflow, showWorkflow } from './workflow.ts';

/** The claims of a pasted token. They stay in memory: neither the URL nor a storage has them. */
let pasted: Claims | undefined;
let notation: Notation = 'json';
/** The fragment that the page wrote last, or was opened with. */
let fragment = '';

const checked = byId<HTMLTextAreaElement>('checked');
const token = byId<HTMLTextAreaElement>('token');
const tabs = () => [...document.querySelectorAll<HTMLElement>('[role=tab]')];

const later = debounced(300, (setup: JobSetup) => {
  fragment = fragmentOf(setup, shareablePolicy());
  history.replaceState(null, '', `${location.pathname}${location.search}#${fragment}`);
});
const aloud = debounced(800, announceVerdict);
const around = { readForm, fill, update };

/** Shows everything that follows from the form and the policy. */
function update(): void {
  const setup = readForm();
  updateForm(setup);
  showWorkflow(setup, around);
  const claims = currentClaims(setup);
  showToken(claims, setup);
  showPolicy(policyIn(notation, setup, claims), setup);
  byId('checked-hint').textContent = hintOfPolicy();
  const { partition, accountId } = setup;
  const checkedToken = { claims, isComplete: pasted !== undefined, partition, accountId };
  const judgement = checked.value.trim() === '' ? undefined : judge(checked.value, checkedToken);
  showVerdict(judgement);
  aloud(judgement);
  later(setup);
}

/** Claims that come from the form, even when a token was pasted. */
const FROM_FORM = [
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'ref',
  'ref_type',
  'event_name',
  'environment',
];

/** The claims of the form, and those of the pasted token that the form has no part for. */
function currentClaims(setup: JobSetup): Claims {
  const own = claimsOf(setup);
  if (pasted === undefined) return own;
  const others = Object.entries(pasted).filter(
    ([name]) => !FROM_FORM.includes(name) && !(name === 'job_workflow_ref' && calledWorkflow(pasted ?? {})),
  );
  return { ...Object.fromEntries(others), ...own };
}

/** A trust policy can require an external ID, which is shared with few people. */
function shareablePolicy(): string {
  return /externalid/i.test(checked.value) ? '' : checked.value.trim();
}

function hintOfPolicy(): string {
  if (checked.value.trim() === '') return 'The verdict is for the job above.';
  const stays =
    shareablePolicy() === ''
      ? 'The policy has a condition on an external ID, so the URL leaves it out. '
      : '';
  return `${stays}The verdict is for the job above.`;
}

function chooseNotation(chosen: HTMLElement): void {
  notation = chosen.id.replace('tab-', '') as Notation;
  for (const tab of tabs()) {
    tab.setAttribute('aria-selected', String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
  }
  byId('notation').setAttribute('aria-labelledby', chosen.id);
  update();
}

/** WAI-ARIA Authoring Practices, "Tabs Pattern": arrows, Home and End move between tabs. */
function moveBetweenTabs(event: KeyboardEvent): void {
  const all = tabs();
  const at = all.indexOf(document.activeElement as HTMLElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowRight: (at + 1) % all.length,
    ArrowLeft: (at + all.length - 1) % all.length,
    Home: 0,
    End: all.length - 1,
  };
  const target = all[targets[event.key] ?? -1];
  if (at === -1 || target === undefined) return;
  event.preventDefault();
  target.focus();
  chooseNotation(target);
}

/** Reads a pasted token or its claims, and clears the box. */
function readToken(): void {
  const text = token.value.trim().replace(/^bearer\s+/i, '');
  const status = byId('token-status');
  if (text === '') return;
  const claims = text.startsWith('{') ? parseClaims(text) : decodeClaims(text);
  show(status, true);
  if (claims === undefined || typeof claims.sub !== 'string') {
    status.textContent = 'This is neither a token nor claims with a subject (sub).';
    return;
  }
  pasted = claims;
  token.value = '';
  const { accountId, role, partition } = readForm();
  writeForm(setupOf(claims, { accountId, role, partition }));
  const count = Object.keys(claims).length;
  status.textContent = `The form shows the job of the token. Its ${count} claims stay in this page until you close it, and the token is discarded.`;
  byId<HTMLDetailsElement>('paste').open = false;
  update();
}

function parseClaims(text: string): Claims | undefined {
  try {
    const claims: unknown = JSON.parse(text);
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Shows another job than that of a pasted token. */
function fill(setup: JobSetup): void {
  pasted = undefined;
  show(byId('token-status'), false);
  writeForm(setup);
  update();
}

function open(setup: JobSetup, policy: string): void {
  checked.value = policy;
  fill(setup);
}

function openFragment(): void {
  fragment = location.hash.replace(/^#/, '');
  const { setup, policy } = setupInFragment(fragment);
  open(setup, policy);
}

function check(policy: string): void {
  checked.value = policy;
  update();
  byId('verdict').scrollIntoView({ block: 'nearest' });
}

/** A policy with wide conditions for the repository of the form. */
function wideExample(setup: JobSetup): string {
  const { owner, ownerId, format } = setup;
  const subject = `repo:${owner}${format === 'immutable' ? `@${ownerId}` : ''}/*`;
  const statement = webIdentityStatement({ ...setup, subject });
  const { aud, sub } = Object.fromEntries(
    Object.entries(statement.Condition?.StringEquals ?? {}).map(([key, value]) => [
      key.replace(/^.*:/, ''),
      { [key]: value },
    ]),
  );
  return JSON.stringify(
    policyOf({ ...statement, Condition: { StringEquals: { ...aud }, StringLike: { ...sub } } }),
    undefined,
    2,
  );
}

function debounced<Value>(milliseconds: number, act: (value: Value) => void): (value: Value) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (value) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(value), milliseconds);
  };
}

prepareForm();
prepareWorkflow(around);
// The claims fill the screen of a phone.
if (matchMedia('(max-width: 520px)').matches) byId<HTMLDetailsElement>('claims-details').open = false;
byId('form').addEventListener('input', (event) => {
  if (event.target === token) readToken();
  else update();
});
byId('form').addEventListener('submit', (event) => event.preventDefault());
checked.addEventListener('input', update);
byId('notations').addEventListener('keydown', moveBetweenTabs);
for (const tab of tabs()) tab.addEventListener('click', () => chooseNotation(tab));
byId('reset').addEventListener('click', () => {
  clearWorkflow();
  open(EXAMPLE_SETUP, '');
});
byId('check-own').addEventListener('click', () => {
  const setup = readForm();
  check(policyIn('json', setup, currentClaims(setup)) ?? '');
});
byId('check-wide').addEventListener('click', () => check(wideExample(readForm())));
byId('check-clear').addEventListener('click', () => check(''));
byId('verdict').addEventListener('click', ({ target }) => {
  const account = target instanceof HTMLElement ? target.dataset.account : undefined;
  if (account === undefined) return;
  byId<HTMLInputElement>('accountId').value = account;
  update();
});
for (const [button, source] of [
  ['copy-sub', 'sub'],
  ['copy-policy', 'policy'],
] as const)
  byId(button).addEventListener('click', () => void copyFrom(byId(button), byId(source).textContent ?? ''));
window.addEventListener('hashchange', () => {
  if (location.hash.replace(/^#/, '') !== fragment) openFragment();
});
openFragment();
chooseNotation(byId('tab-json'));
