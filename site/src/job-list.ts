import type { Gap, Position } from '../../src/audit/model/types.ts';
import type { Value } from '../../src/audit/texts/value.ts';
import { distinctBy } from '../../src/platform/distinct.ts';
import { breakable, element } from './dom.ts';
import type { Request, RequestingJob, WorkflowReading } from './workflow-jobs.ts';

/** Shows a request in the form. */
type Choose = (request: Request) => void;

/** What was found, in one sentence; never that everything is fine while something was not read. */
export function summaryOf({ jobs, gaps }: WorkflowReading): string {
  const assuming = jobs.filter(assumes);
  const without = assuming.filter(({ requests }) =>
    requests.some(({ run }) => run.token.state === 'missing'),
  );
  const open = jobs.length - assuming.length;
  const parts = [
    assuming.length === 0
      ? 'No job was found that assumes a role'
      : `${counted(assuming.length, 'job assumes', 'jobs assume')} a role`,
    ...(without.length === 0 ? [] : [`${counted(without.length, 'gets', 'get')} no token`]),
    ...(open === 0 ? [] : [`${counted(open, 'other job', 'other jobs')} can request a token`]),
    ...(gaps.length === 0 ? [] : [`${counted(gaps.length, 'part was', 'parts were')} not read`]),
  ];
  return `${parts.join('; ')}.`;
}

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
const assumes = ({ requests }: RequestingJob) => requests.some(({ assumption }) => assumption !== undefined);

/** More requests than fit on a screen: then only the first job is open. */
const MANY = 6;

/** The jobs with their requests, and what was not read. */
export function listOf({ jobs, gaps }: WorkflowReading, choose: Choose): HTMLElement[] {
  const areFew = jobs.flatMap(({ requests }) => requests).length <= MANY;
  const list = jobs.map((job, index) => {
    const part = jobPart(job, choose);
    part.open = areFew || index === 0;
    return part;
  });
  return gaps.length === 0 ? list : [...list, ...gapsPart(gaps)];
}

function gapsPart(gaps: readonly Gap[]): HTMLElement[] {
  const items = gaps.map((gap) =>
    element('li', {}, element('code', {}, ...breakable(placeOf(gap))), `: ${gap.what}`),
  );
  const hint =
    'Of the repository, the page has only the files above. Add called workflows and actions to them.';
  return [
    element('h3', { class: 'gaps-heading' }, 'Not read'),
    element('ul', { class: 'gaps' }, ...items),
    element('p', { class: 'hint' }, hint),
  ];
}

const placeOf = ({ file, line }: Position) => `${shortName(file)}:${line}`;
const shortName = (file: string) => file.replace(/^\.github\/workflows\//, '');

function jobPart(job: RequestingJob, choose: Choose): HTMLDetailsElement {
  const { name, called, at, requests } = job;
  const place = called === undefined ? '' : `, calls ${shortName(called.file)}#${called.job}`;
  const count = counted(requests.length, 'run', 'runs');
  const names = namesOf(job);
  return element(
    'details',
    { class: 'requesting', 'data-job': [name, called?.job].join(' ').trim() },
    element(
      'summary',
      {},
      element('strong', {}, name),
      ` (${lacksToken(job) ? `${count}, no token` : count})`,
    ),
    element('p', { class: 'hint' }, ...breakable(`${placeOf(at)}${place}`)),
    ...noticesOf(job),
    element(
      'ul',
      { class: 'requests' },
      ...requests.map((request, index) => requestItem(request, names[index] ?? '', choose)),
    ),
  );
}

/** The requests of a job in words. Those that differ only in their role have the role in them. */
function namesOf({ name, requests }: RequestingJob): string[] {
  const names = requests.map(({ run }) => {
    const { event, ref, environment, fork } = run;
    const at = ref.shown === '' ? '' : ` ${ref.shown}`;
    if (fork) return '';
    return `${name} on ${event}${at}${environment === undefined ? '' : ` with ${environment.shown}`}`;
  });
  return names.map((one, index) => {
    const role = requests[index]?.assumption?.role.shown;
    const isUnique = names.filter((other) => other === one).length === 1;
    return isUnique || role === undefined ? one : `${one} as ${role}`;
  });
}

const lacksToken = ({ requests }: RequestingJob) => requests.some(({ run }) => run.token.state === 'missing');

function noticesOf(job: RequestingJob): HTMLElement[] {
  const tokens = distinctBy(
    job.requests.map(({ run }) => run.token),
    (token) => JSON.stringify(token),
  );
  const notices = tokens.flatMap((token) => {
    if (token.state !== 'missing' && token.state !== 'unknown') return [];
    const problem = token.state === 'missing' ? 'No token' : 'It is not known whether the job gets a token';
    return [
      element(
        'p',
        { class: 'notice bad', 'data-token': token.state },
        `${problem}: ${token.why} (${placeOf(token.at)}).`,
      ),
    ];
  });
  if (assumes(job)) return notices;
  const text = 'The job can request a token. No step is known to assume a role with it.';
  return [...notices, element('p', { class: 'notice' }, text)];
}

/** Almost all steps have it, so the list leaves it out. */
const DEFAULT_AUDIENCE = 'sts.amazonaws.com';

function requestItem(request: Request, name: string, choose: Choose): HTMLElement {
  const { run, assumption, subject } = request;
  const { token, event, ref, environment, hypotheses } = run;
  const title = element(
    'p',
    {},
    element('strong', { 'data-part': 'event' }, event),
    ...(ref.shown === '' ? [] : [' ', part('ref', ref.shown)]),
  );
  const rows = (
    [
      ['environment', environment],
      ['role', assumption?.role],
      ['audience', assumption?.audience],
      ['subject', subject],
    ] as const
  ).flatMap(([key, value]) =>
    value === undefined || value.shown === DEFAULT_AUDIENCE
      ? []
      : [element('dt', {}, key), element('dd', {}, part(key, value.shown))],
  );
  const remarks = [
    ...(token.state === 'fork' ? [`No token: ${token.why}.`] : []),
    ...reasonsOf([ref, environment, assumption?.role, assumption?.audience, subject]),
    ...(hypotheses.length === 0 ? [] : [`Whether this run happens depends on ${hypotheses.join(', ')}.`]),
  ];
  return element(
    'li',
    { class: token.state, 'data-request': token.state },
    element(
      'div',
      { class: 'line' },
      title,
      ...(token.state === 'fork' ? [] : [chooser(request, name, choose)]),
    ),
    element('dl', {}, ...rows),
    ...(remarks.length === 0
      ? []
      : [element('ul', { class: 'reasons' }, ...remarks.map((text) => element('li', {}, text)))]),
  );
}

function chooser(request: Request, name: string, choose: Choose): HTMLElement {
  const attributes = { type: 'button', 'data-use': request.id, 'aria-label': `Use ${name}` };
  const button = element('button', attributes, 'Use');
  button.addEventListener('click', () => choose(request));
  return button;
}

function part(name: string, shown: string): HTMLElement {
  return element('code', { 'data-part': name }, ...breakable(shown));
}

/** Why parts are open, each reason once, as a sentence. */
function reasonsOf(values: readonly (Value | undefined)[]): string[] {
  const reasons = values.flatMap((value) =>
    value === undefined || value.kind === 'known'
      ? []
      : value.reasons.map((reason) => `${value.kind === 'varies' ? 'Varies' : 'Not known'}: ${reason}.`),
  );
  return [...new Set(reasons)];
}
