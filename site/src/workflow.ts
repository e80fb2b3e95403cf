import type { JobSetup } from '../../src/trust/job-setup.ts';
import { byId, show } from './dom.ts';
import { listOf, summaryOf } from './job-list.ts';
import { openPartsOf, setupOfRequest } from './setup-of-request.ts';
import { filesIn, textWith } from './workflow-files.ts';
import { type Request, readJobs, type WorkflowReading } from './workflow-jobs.ts';

/** The page around the workflow. */
interface Page {
  readonly readForm: () => JobSetup;
  /** Shows another setup in the form, and everything that follows from it. */
  readonly fill: (setup: JobSetup) => void;
  /** Shows everything that follows from the form again. */
  readonly update: () => void;
}

/** Workflow files stay in their box: neither the URL nor a storage has them. */
const box = byId<HTMLTextAreaElement>('workflow');
const defaultBranch = byId<HTMLInputElement>('defaultBranch');
const list = byId('workflow-jobs');
const picker = byId<HTMLInputElement>('workflow-files');

/** What was read last, and from what. */
let last: { readonly from: string; readonly reading: WorkflowReading } | undefined;
/** The ID of the request that a person chose last. */
let chosen: string | undefined;

/** Connects the inputs for workflow files. */
export function prepareWorkflow(page: Page): void {
  byId('workflow-open').addEventListener('click', () => picker.click());
  byId('workflow-clear').addEventListener('click', () => {
    clearWorkflow();
    page.update();
  });
  picker.addEventListener('change', () => {
    const files = [...(picker.files ?? [])];
    picker.value = '';
    void addFiles(files, page);
  });
  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void addFiles(files, page);
  });
}

export function clearWorkflow(): void {
  box.value = '';
  chosen = undefined;
}

async function addFiles(files: readonly File[], page: Page): Promise<void> {
  const added = files.map(async (file) => ({ name: file.name, text: await file.text() }));
  box.value = textWith(box.value, await Promise.all(added));
  byId<HTMLDetailsElement>('workflow-source').open = true;
  page.update();
}

/** Shows the jobs of the workflow files. The form has what the files do not contain. */
export function showWorkflow(setup: JobSetup, page: Page): void {
  const { owner, repository, ownerId, repositoryId, format, subjectKeys, issuer } = setup;
  const about = [owner, repository, ownerId, repositoryId, format, subjectKeys, issuer];
  const from = JSON.stringify([box.value, defaultBranch.value, about]);
  if (from !== last?.from) {
    last = { from, reading: readJobs(filesIn(box.value), setup, defaultBranch.value.trim()) };
    showReading(last.reading, page);
  }
  const requests = last.reading.jobs.flatMap((job) => job.requests);
  const shown = requests.find((request) => isShown(request, setup));
  for (const button of buttons())
    button.setAttribute('aria-pressed', String(button.dataset.use === shown?.id));
  const open = shown === undefined ? [] : openPartsOf(shown);
  byId('workflow-choice').textContent = [
    ...(shown === undefined ? [] : ['The form shows this run.']),
    ...(open.length === 0 ? [] : [`The workflow leaves open, and the form can change: ${open.join(', ')}.`]),
  ].join(' ');
}

const buttons = () => [...list.querySelectorAll<HTMLElement>('[data-use]')];

const jobParts = () => [...list.querySelectorAll('details')];

/** Whether a person chose the request, and the form still has it. */
function isShown(request: Request, setup: JobSetup): boolean {
  return request.id === chosen && JSON.stringify(setupOfRequest(request, setup)) === JSON.stringify(setup);
}

function showReading(reading: WorkflowReading, page: Page): void {
  const status = byId('workflow-status');
  const focused = buttons().indexOf(document.activeElement as HTMLElement);
  const isEmpty = box.value.trim() === '';
  show(status, !isEmpty);
  status.textContent = isEmpty ? '' : summaryOf(reading);
  const tokens = reading.jobs.flatMap(({ requests }) => requests.map(({ run }) => run.token.state));
  status.classList.toggle('bad', tokens.length === 0 || tokens.includes('missing'));
  const choose = (request: Request) => {
    chosen = request.id;
    page.fill(setupOfRequest(request, page.readForm()));
  };
  const before = new Map(jobParts().map((part) => [part.dataset.job, part.open]));
  list.replaceChildren(...(isEmpty ? [] : listOf(reading, choose)));
  for (const part of jobParts()) part.open = before.get(part.dataset.job) ?? part.open;
  buttons()[focused]?.focus();
}
