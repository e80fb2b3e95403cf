/**
 * `npm run picture`: draws `docs/diagnosis.svg`, the diagnosis of a denial in the log of a job. The built action runs
 * against the lab, for a repository with immutable subjects and a trust policy that was written before it had them.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Job } from '../lab/job.ts';
import { startLab } from '../lab/lab.ts';
import { gitHubTrust } from '../lab/world.ts';
import { root } from './tools.ts';

export const PICTURE = path.join(root, 'docs/diagnosis.svg');

const ROLE = 'arn:aws:iam::111111111111:role/deploy';
const TRUSTED = 'repo:octo-org/octo-app:ref:refs/heads/main';

const LINE = { height: 18, columns: 112, character: 7.25 };
const PADDING = 20;
const TITLE = 'octo-org/octo-app · deploy · Run assume-aws-roles';

/** The log of a step that AWS denies the role. */
async function deniedLog(): Promise<string> {
  const lab = await startLab();
  const job = await Job.start({ lab });
  try {
    Object.assign(lab.oidc.job, { immutableSubject: true, ownerId: '123456', repositoryId: '456789' });
    const role = lab.world.accounts['111111111111']?.roles.find(({ name }) => name === 'deploy');
    if (role === undefined) throw new Error('The lab has no role deploy.');
    role.trustPolicy = gitHubTrust('111111111111', TRUSTED);
    const inputs = { 'aws-region': 'eu-west-1', 'role-to-assume': ROLE, 'disable-retry': 'true' };
    return (await job.uses('.', inputs)).log;
  } finally {
    await job.dispose();
    await lab.close();
  }
}

/** The diagnosis without the part that repeats the inputs, in lines of limited length. */
function linesOf(log: string): string[] {
  const all = log.split('\n');
  const start = all.findIndex((line) => line.startsWith('▼ Diagnosis'));
  const end = all.findIndex((line, index) => index > start && !line.startsWith('  '));
  const group = all.slice(start, end);
  return [group[0] ?? '', ...group.slice(group.indexOf('  Presented'))].flatMap(wrapped);
}

function wrapped(line: string): string[] {
  if (line.length <= LINE.columns) return [line];
  const at = line.lastIndexOf(' ', LINE.columns);
  const indent = /^ *(?:\d\. )?/.exec(line)?.[0].length ?? 0;
  return [line.slice(0, at), ...wrapped(' '.repeat(indent) + line.slice(at + 1))];
}

/** A log as an image, for light and dark pages. */
function draw(lines: readonly string[]): string {
  const top = 44;
  const height = top + PADDING * 2 + lines.length * LINE.height;
  const width = Math.ceil(PADDING * 2 + LINE.columns * LINE.character);
  const texts = lines.map((line, index) => {
    const y = top + PADDING + (index + 0.75) * LINE.height;
    return `  <text x="${PADDING}" y="${y}" class="${classOf(line)}" xml:space="preserve">${escapeXml(line)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The log of a job: what the job presented, the likely causes of the denial, and the trust policy statement that allows the run">`,
    '  <style>',
    '    .card { fill: #ffffff; stroke: #d0d7de } .bar { fill: #f6f8fa } text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328 }',
    '    .title { font: 600 13px system-ui, sans-serif; fill: #59636e } .group { font-weight: 700 } .heading { font-weight: 700; fill: #0a58a8 } .cause { font-weight: 700; fill: #b3232b } .statement { fill: #11693a }',
    '    @media (prefers-color-scheme: dark) { .card { fill: #0d1117; stroke: #3d444d } .bar { fill: #161d26 } text { fill: #e6eaf0 } .title { fill: #9ba8b8 } .heading { fill: #74b6ff } .cause { fill: #ff9a94 } .statement { fill: #56d08a } }',
    '  </style>',
    `  <rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>`,
    `  <path class="bar" d="M1 ${top} V10 a9 9 0 0 1 9 -9 H${width - 10} a9 9 0 0 1 9 9 V${top} Z"/>`,
    '  <circle cx="24" cy="22" r="8" fill="#cf222e"/>',
    '  <path d="M20.5 18.5 l7 7 m0 -7 l-7 7" stroke="#ffffff" stroke-width="2"/>',
    `  <text class="title" x="42" y="27">${TITLE}</text>`,
    ...texts,
    '</svg>',
    '',
  ].join('\n');
}

function classOf(line: string): string {
  if (line.startsWith('▼')) return 'group';
  if (/^ {2}\S/.test(line)) return 'heading';
  if (/^ {4}1\. /.test(line)) return 'cause';
  return /^ {4} *["{}]/.test(line) ? 'statement' : 'text';
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

export const renderPicture = async (): Promise<string> => draw(linesOf(await deniedLog()));

if (import.meta.main) await writeFile(PICTURE, await renderPicture());
