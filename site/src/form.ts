import { parseBareRole } from '../../src/aws/arn.ts';
import { PARTITION_IDS } from '../../src/aws/partitions.ts';
import { furtherKeys, type JobSetup, type SubjectFormat } from '../../src/trust/job-setup.ts';
import { byId, element, show } from './dom.ts';

/** The parts of a setup that have an input with their name. */
const INPUTS = [
  'owner',
  'repository',
  'ownerId',
  'repositoryId',
  'event',
  'ref',
  'environment',
  'calledWorkflow',
  'subject',
  'issuer',
  'audience',
  'partition',
  'accountId',
  'role',
] as const satisfies readonly (keyof JobSetup)[];

type Input = HTMLInputElement | HTMLSelectElement;
type InputName = (typeof INPUTS)[number] | 'subjectKeys';
const inputOf = (name: InputName) => byId<Input>(name);
const radios = () => [...document.querySelectorAll<HTMLInputElement>('input[name=format]')];
const furtherInputs = () => [...byId('further').querySelectorAll('input')];

/** Fills what a browser without the code of the action could not know. */
export function prepareForm(): void {
  byId('partition').append(...PARTITION_IDS.map((id) => element('option', {}, id)));
}

/** The setup that the form describes. */
export function readForm(): JobSetup {
  const parts = Object.fromEntries(INPUTS.map((name) => [name, inputOf(name).value.trim()]));
  const format = (radios().find(({ checked }) => checked)?.value ?? 'immutable') as SubjectFormat;
  const subjectKeys = inputOf('subjectKeys')
    .value.split(/[,\s]+/)
    .filter((key) => key !== '');
  const claims = Object.fromEntries(furtherInputs().map((input) => [input.name, input.value.trim()]));
  const setup = { ...parts, format, subjectKeys, claims } as unknown as JobSetup;
  return { ...setup, ref: fullRef(setup.ref) };
}

/** `main` is what people write for `refs/heads/main`. */
function fullRef(ref: string): string {
  return ref === '' || ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
}

/** Shows a setup in the form. */
export function writeForm(setup: JobSetup): void {
  for (const name of INPUTS) {
    const input = inputOf(name);
    const value = setup[name];
    if (input instanceof HTMLSelectElement && ![...input.options].some((option) => option.value === value))
      input.append(element('option', {}, value));
    input.value = value;
  }
  for (const radio of radios()) radio.checked = radio.value === setup.format;
  inputOf('subjectKeys').value = setup.subjectKeys.join(',');
  writeFurther(setup);
}

/** Shows the inputs that the chosen format has, and one for each claim of a customized subject. */
export function updateForm(setup: JobSetup): void {
  const isText = setup.format === 'text';
  for (const part of document.querySelectorAll<HTMLElement>('[data-format]'))
    show(part, (part.dataset.format === 'text') === isText);
  const { owner, repository } = setup;
  byId('id-command').textContent =
    `gh api repos/${owner || 'OWNER'}/${repository || 'NAME'} --jq '.owner.id, .id'`;
  const keys = furtherKeys(setup);
  if (
    keys.join() !==
    furtherInputs()
      .map(({ name }) => name)
      .join()
  )
    writeFurther(setup);
  markProblems(setup);
}

function writeFurther(setup: JobSetup): void {
  const fields = furtherKeys(setup).map((key) => {
    const input = element('input', { id: `claim-${key}`, name: key });
    input.value = setup.claims[key] ?? '';
    const label = element('label', { for: input.id }, 'Claim ', element('code', {}, key));
    return element('div', { class: 'field' }, label, input);
  });
  byId('further').replaceChildren(...fields);
}

/** What is wrong with the values of a setup, by input. */
export function problemsOf(setup: JobSetup): Readonly<Partial<Record<InputName, string>>> {
  const { owner, repository, ownerId, repositoryId, format, ref, accountId, role, audience, issuer } = setup;
  const isImmutable = format === 'immutable';
  const needsRef = format !== 'text' && setup.environment === '' && setup.event !== 'pull_request';
  const checks: [InputName, boolean, string][] = [
    ['owner', /^[\w-]+$/.test(owner) || format === 'text', 'Enter the name of the owner.'],
    ['repository', /^[\w.-]+$/.test(repository) || format === 'text', 'Enter the name without the owner.'],
    [
      'ownerId',
      isImmutable ? /^\d+$/.test(ownerId) : /^\d*$/.test(ownerId),
      'Enter the number of the owner.',
    ],
    [
      'repositoryId',
      isImmutable ? /^\d+$/.test(repositoryId) : /^\d*$/.test(repositoryId),
      'Enter the number of the repository.',
    ],
    ['ref', ref !== '' || !needsRef, 'Enter a branch, or a ref such as refs/tags/v1.'],
    ['subject', format !== 'text' || setup.subject !== '', 'Enter the subject.'],
    ['accountId', /^\d{12}$/.test(accountId), 'Enter 12 digits.'],
    ['role', parseBareRole(role) !== undefined, 'Enter the name of a role, with its path if it has one.'],
    ['audience', /^[!-~]{1,255}$/.test(audience), 'Enter an audience without spaces.'],
    ['issuer', /^https:\/\/[\w.-]+(\/[\w./-]*)?$/.test(issuer), 'Enter a URL that starts with https://.'],
  ];
  return Object.fromEntries(checks.filter(([, isValid]) => !isValid).map(([name, , text]) => [name, text]));
}

function markProblems(setup: JobSetup): void {
  const problems = problemsOf(setup);
  for (const name of [...INPUTS, 'subjectKeys' as const]) {
    const input = inputOf(name);
    const id = `${name}-problem`;
    const problem = problems[name];
    const hints = (input.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .filter((hint) => hint !== id && hint);
    if (problem !== undefined) hints.push(id);
    input.setAttribute('aria-describedby', hints.join(' '));
    input.setAttribute('aria-invalid', String(problem !== undefined));
    const shown = document.getElementById(id);
    if (problem === undefined) shown?.remove();
    else if (shown !== null) shown.textContent = problem;
    else input.after(element('p', { id, class: 'problem' }, problem));
  }
}
