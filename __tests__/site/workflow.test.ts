import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { filesIn } from '../../site/src/workflow-files.ts';
import { readJobs } from '../../site/src/workflow-jobs.ts';
import type { Report } from '../../src/audit/model/report.ts';
import { contains } from '../../src/audit/texts/language.ts';
import { EXAMPLE_SETUP } from '../../src/trust/job-setup.ts';
import { fragmentOf, setupInFragment } from '../../src/trust/setup-link.ts';
import {
  axeFindings,
  decisionOn,
  focusOn,
  fragmentOn,
  openPage,
  policyOn,
  SCHEMES,
  serve,
  startBrowser,
  subjectOn,
  WIDTHS,
} from './browser.ts';
import { CLAIMS, POLICIES } from './policies.ts';
import { filesOf, type RepositoryFiles, textOf, WORKFLOWS } from './workflows.ts';

const SCREENSHOTS = '.cache/site';
const REPO = 'repo:octo-org@123456/octo-app@456789';
const AUDIT = path.resolve(import.meta.dirname, '../../src/entry/audit.ts');

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
  await mkdir(SCREENSHOTS, { recursive: true });
}, 60_000);
afterAll(() => browser.close());
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

async function openWith(files: RepositoryFiles | string, fragment = ''): Promise<Page> {
  const page = await openPage(browser, fragment);
  await page.locator('#workflow-source > summary').click();
  await page.fill('#workflow', typeof files === 'string' ? files : textOf(files));
  return page;
}

const statusOn = (page: Page) => page.locator('#workflow-status').textContent();
const useButtons = (page: Page) => page.locator('[data-use]');

/** Opens all jobs of the list, and chooses the request whose button has this name. */
async function use(page: Page, name: string): Promise<void> {
  await page.evaluate(
    'for (const job of document.querySelectorAll("#workflow-jobs details")) job.open = true',
  );
  await page.getByRole('button', { name: `Use ${name}`, exact: true }).click();
}

/** A row of the page or of the audit: what they both say about a run and a role. */
interface ShownRow {
  readonly job: string;
  readonly event: string;
  readonly ref: string;
  readonly environment: string;
  readonly role: string;
  readonly audience: string;
  readonly subject: string;
  readonly token: boolean;
}

/** The rows that the page shows for steps that assume roles. */
async function rowsOn(page: Page): Promise<readonly ShownRow[]> {
  const rows = (await page.evaluate(`[...document.querySelectorAll('[data-request]')].map((row) => {
    const part = (name) => row.querySelector('[data-part=' + name + ']')?.textContent ?? '';
    return {
      job: row.closest('details').dataset.job,
      event: part('event'),
      ref: part('ref'),
      environment: part('environment'),
      role: part('role'),
      audience: part('audience') || 'sts.amazonaws.com',
      subject: part('subject'),
      token: !['missing', 'fork'].includes(row.dataset.request),
    };
  })`)) as ShownRow[];
  return rows.filter(({ role }) => role !== '');
}

const gapsOn = (page: Page) => page.locator('.gaps > li').allTextContents();

/** The audit requires a policy. This one is for no role of the workflows. */
const OTHER_POLICY: RepositoryFiles = { 'policies/999999999999/other.json': POLICIES[0]?.[1] ?? '' };

/** The report of the audit's command about the same files. */
async function auditOf(files: RepositoryFiles, ...flags: string[]): Promise<Report> {
  const root = await mkdtemp(path.join(tmpdir(), 'page-audit-'));
  try {
    for (const [name, text] of Object.entries({ ...files, ...OTHER_POLICY })) {
      await mkdir(path.join(root, path.dirname(name)), { recursive: true });
      await writeFile(path.join(root, name), text);
    }
    const own = ['--repository', 'octo-org/octo-app', '--repository-id', '456789', '--owner-id', '123456'];
    const all = [...own, '--policies', 'policies', '--fail-on', 'none', '--format', 'json', ...flags];
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', AUDIT, ...all], {
      cwd: root,
      env: { PATH: process.env.PATH },
    });
    return JSON.parse(stdout);
  } finally {
    await rm(root, { recursive: true });
  }
}

function rowsOf({ rows }: Report): readonly ShownRow[] {
  return rows.map((row) => ({
    job: [row.job, ...(row.called === null ? [] : [row.called.replace(/^.*#/, '')])].join(' '),
    event: row.event,
    ref: row.ref ?? '',
    environment: row.environment ?? '',
    role: row.role,
    audience: row.audience,
    subject: row.subject,
    token: row.verdict !== 'no-token',
  }));
}

const sorted = (rows: readonly ShownRow[]) => [...new Set(rows.map((row) => JSON.stringify(row)))].toSorted();
const shortName = (file: string) => file.replace('.github/workflows/', '');

describe('the jobs of a workflow', () => {
  test.each(Object.entries(WORKFLOWS))('with %s are those of the audit', async (_about, files) => {
    const page = await openWith(files);
    const report = await auditOf(files, '--subject-format', 'immutable');
    expect(sorted(await rowsOn(page))).toEqual(sorted(rowsOf(report)));
    expect(await gapsOn(page)).toEqual(
      report.gaps.map(({ file, line, what }) => `${shortName(file)}:${line}: ${what}`),
    );
    const missing = new Set(
      report.findings.flatMap(({ id, file, line }) =>
        id === 'missing-permission' ? [`${shortName(file)}:${line}`] : [],
      ),
    );
    expect(await page.locator('[data-token=missing]').count()).toBe(missing.size);
    const others = (await useButtons(page).count()) > 0;
    // Never clean: it says that there is no role, and what was not read.
    if (report.rows.length === 0)
      expect(await statusOn(page)).toContain('No job was found that assumes a role');
    if (report.gaps.length > 0) expect(await statusOn(page)).toMatch(/\d+ parts? (was|were) not read/);
    const isWarning = await page.locator('#workflow-status').evaluate((one) => one.classList.contains('bad'));
    expect(isWarning).toBe(missing.size > 0 || (report.rows.length === 0 && !others));
  });

  test.each([
    ['names', ['--subject-format', 'name']],
    ['immutable', ['--subject-format', 'immutable', '--default-branch', 'trunk']],
    ['immutable', ['--subject-format', 'immutable', '--subject-claims', 'repo,context,job_workflow_ref']],
  ])('follow the form (%s, %j)', async (format, flags) => {
    const files = filesOf('pull requests, a choice, and a schedule');
    const flag = (name: string) => (flags.includes(name) ? (flags[flags.indexOf(name) + 1] ?? '') : '');
    const page = await openWith(files);
    await page.getByLabel(format === 'names' ? 'With names only' : 'With IDs (immutable)').check();
    await page.fill('#defaultBranch', flag('--default-branch'));
    await page.fill('#subjectKeys', flag('--subject-claims'));
    const report = await auditOf(files, ...flags);
    expect(sorted(await rowsOn(page))).toEqual(sorted(rowsOf(report)));
  });

  test('say why a part is not known, and on what a run depends', async () => {
    const page = await openWith(filesOf('pull requests, a choice, and a schedule'));
    const apply = (await page.locator('[data-job=apply]').textContent()) ?? '';
    expect(apply).toContain('Not known: vars.AWS_ACCOUNT is not in variables.');
    expect(apply).toContain('Not known: the default branch is not known; set default-branch.');
    const plan = (await page.locator('[data-job=plan]').textContent()) ?? '';
    expect(plan).toContain('No token: GitHub does not issue tokens to pull requests from forks.');
    expect(plan).toContain('Varies: each pull request has its own number.');
    await page.fill('#workflow', textOf(filesOf('profiles, and a composite action')));
    expect(await page.locator('[data-job=fleet]').textContent()).toContain(
      'Whether this run happens depends on vars.FLEET.',
    );
  });

  test('say where the permission is missing', async () => {
    const page = await openWith(filesOf('no permission'));
    expect(await page.locator('[data-token=missing]').textContent()).toBe(
      'No token: permissions does not grant id-token: write (deploy.yml:2).',
    );
    expect(await statusOn(page)).toBe('1 job assumes a role; 1 gets no token.');
    await page.fill(
      '#workflow',
      textOf(filesOf('no permission')).replace('contents: read', 'id-token: write'),
    );
    expect(await page.locator('[data-token=missing]').count()).toBe(0);
    expect(await statusOn(page)).toBe('1 job assumes a role.');
  });
});

describe('a chosen run', () => {
  test.each(Object.entries(WORKFLOWS))(
    'of %s fills in a job that the workflow can have',
    async (_about, files) => {
      const page = await openWith(files);
      const { jobs } = readJobs(filesIn(textOf(files)), EXAMPLE_SETUP, '');
      const requests = jobs.flatMap((job) => job.requests).filter(({ run }) => run.token.state !== 'fork');
      expect(await useButtons(page).count()).toBe(requests.length);
      await page.evaluate(
        'for (const job of document.querySelectorAll("#workflow-jobs details")) job.open = true',
      );
      for (const [index, { run, assumption }] of requests.entries()) {
        await useButtons(page).nth(index).click();
        const subject = (await subjectOn(page)) ?? '';
        const { immutable, name } = run.claims.subject;
        expect({ subject, possible: contains((immutable ?? name).language, subject) }).toEqual({
          subject,
          possible: true,
        });
        const { setup } = setupInFragment(await fragmentOn(page));
        const role = `arn:${setup.partition}:iam::${setup.accountId}:role/${setup.role}`;
        const language = assumption?.role.language;
        expect(language === undefined || contains(language, role) || contains(language, setup.role)).toBe(
          true,
        );
        expect(contains(run.ref.language, setup.ref)).toBe(true);
        const workflow = run.claims.values.get('job_workflow_ref');
        if (run.called !== undefined && workflow !== undefined)
          expect(contains(workflow.language, setup.calledWorkflow)).toBe(true);
        expect(await useButtons(page).nth(index).getAttribute('aria-pressed')).toBe('true');
      }
      if (requests.length > 0) expect(await page.locator('[data-use][aria-pressed=true]').count()).toBe(1);
    },
    60_000,
  );

  test('shows subject, claims, policy and verdict', async () => {
    const page = await openWith(filesOf('a matrix with environments'));
    expect(await statusOn(page)).toBe('1 job assumes a role.');
    await page.click('#check-own');
    expect(await decisionOn(page)).toBe('allowed');
    const checked = await page.inputValue('#checked');
    await use(page, 'deploy on push refs/tags/v* with prod');
    expect(await subjectOn(page)).toBe(`${REPO}:environment:prod`);
    expect(await page.inputValue('#ref')).toMatch(/^refs\/tags\/v/);
    expect(await page.inputValue('#accountId')).toBe('333333333333');
    expect(await page.inputValue('#role')).toBe('ci/deploy');
    expect(await page.locator('#claims').textContent()).toContain('prod');
    const [statement] = JSON.parse(await policyOn(page)).Statement;
    expect(statement.Principal.Federated).toContain(':333333333333:');
    expect(statement.Condition.StringEquals['token.actions.githubusercontent.com:sub']).toBe(
      `${REPO}:environment:prod`,
    );
    expect(await page.inputValue('#checked')).toBe(checked);
    expect(await decisionOn(page)).toBe('denied');
    expect(await page.locator('#workflow-choice').textContent()).toBe(
      'The form shows this run. The workflow leaves open, and the form can change: ref.',
    );
  });

  test('of a called workflow, with its own partition', async () => {
    const page = await openWith(filesOf('a called workflow'));
    await use(page, 'staging on push refs/heads/main with staging');
    const called = 'octo-org/octo-app/.github/workflows/_gate.yml@refs/heads/main';
    expect(await page.inputValue('#calledWorkflow')).toBe(called);
    expect(await page.inputValue('#partition')).toBe('aws-us-gov');
    expect(await policyOn(page)).toContain(`job_workflow_ref": "${called}"`);
    expect(await subjectOn(page)).toBe(`${REPO}:environment:staging`);
  });

  test('of a called workflow of another repository', async () => {
    const called = `# file: octo-org/workflows/.github/workflows/deploy.yml@v2\n${filesOf('a called workflow')['.github/workflows/_gate.yml']?.replace('required: true', 'default: prod')}`;
    const page = await openWith(textOf(filesOf('a called workflow')) + called);
    expect(await gapsOn(page)).toEqual([]);
    await use(page, 'shared on push refs/heads/main with prod');
    expect(await page.inputValue('#calledWorkflow')).toMatch(
      /^octo-org\/workflows\/\.github\/workflows\/deploy\.yml@refs\/(heads|tags)\/v2$/,
    );
  });

  test('keeps of the form what the workflow leaves open, and changes the audience', async () => {
    const page = await openWith(
      filesOf('pull requests, a choice, and a schedule'),
      'account=555555555555&ref=refs/heads/next',
    );
    await use(page, 'apply on workflow_dispatch refs/heads/** with production');
    expect(await page.inputValue('#ref')).toBe('refs/heads/next');
    expect(await page.inputValue('#accountId')).toBe('555555555555');
    expect(await page.inputValue('#role')).toBe('apply');
    expect(await page.inputValue('#audience')).toBe('https://deploy.example.com');
    expect(await page.inputValue('#event')).toBe('workflow_dispatch');
    await use(page, 'plan on pull_request refs/pull/*/merge');
    expect(await subjectOn(page)).toBe(`${REPO}:pull_request`);
    expect(await page.inputValue('#audience')).toBe('sts.amazonaws.com');
    expect(await page.inputValue('#environment')).toBe('');
  });

  test('stays marked until the form shows another job', async () => {
    const page = await openWith(filesOf('pull requests, a choice, and a schedule'));
    await use(page, 'plan on pull_request refs/pull/*/merge');
    const pressed = page.locator('[data-use][aria-pressed=true]');
    expect(await pressed.count()).toBe(1);
    await page.fill('#owner', 'acme');
    expect(await pressed.count()).toBe(1);
    await page.fill('#environment', 'production');
    expect(await pressed.count()).toBe(0);
    expect(await page.locator('#workflow-choice').textContent()).toBe('');
  });

  test('replaces a pasted token and a subject as text', async () => {
    const page = await openWith(filesOf('pull requests, a choice, and a schedule'));
    await page.locator('#paste > summary').click();
    await page.fill('#token', JSON.stringify(CLAIMS));
    expect(await page.locator('#claims').textContent()).toContain('octocat');
    await page.getByLabel('As I enter it').check();
    await page.fill('#subject', 'something else');
    const button = page.getByRole('button', { name: 'Use plan on pull_request refs/pull/*/merge' });
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await subjectOn(page)).toBe(`${REPO}:pull_request`);
    expect(await page.locator('#claims').textContent()).not.toContain('octocat');
    expect(await page.locator('#token-status').isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement.ariaLabel')).toContain('Use plan on pull_request');
  });
});

test('everything works with the keyboard alone', async () => {
  const page = await openPage(browser);
  await page.locator('#workflow-source > summary').focus();
  await page.keyboard.press('Enter');
  await focusOn(page, 'workflow');
  await page.keyboard.insertText(filesOf('a matrix with environments')['.github/workflows/deploy.yml'] ?? '');
  const label = () => page.evaluate('document.activeElement.ariaLabel ?? ""');
  await focusOn(page, 'defaultBranch');
  for (let presses = 0; presses < 30; presses++) {
    if (String(await label()) === 'Use deploy on push refs/heads/main with prod') break;
    await page.keyboard.press('Tab');
  }
  expect(await label()).toBe('Use deploy on push refs/heads/main with prod');
  await page.keyboard.press('Space');
  expect(await subjectOn(page)).toBe(`${REPO}:environment:prod`);
  expect(await label()).toBe('Use deploy on push refs/heads/main with prod');
  expect(await page.evaluate('document.activeElement.ariaPressed')).toBe('true');
});

describe('files', () => {
  const asFiles = (files: RepositoryFiles) =>
    Object.entries(files).map(([name, text]) => ({
      name: path.basename(name),
      mimeType: 'text/yaml',
      buffer: Buffer.from(text),
    }));

  test('are opened with the keyboard, replace those of the same name, and stay beside others', async () => {
    const page = await openPage(browser);
    await page.locator('#workflow-source > summary').click();
    await focusOn(page, 'workflow-open');
    const open = async (files: RepositoryFiles) => {
      const chooser = page.waitForEvent('filechooser');
      await page.locator('#workflow-open').press('Enter');
      await (await chooser).setFiles(asFiles(files));
    };
    await open(filesOf('no permission'));
    await page.locator('[data-job=upload]').waitFor();
    await open(filesOf('a called workflow'));
    await page.locator('[data-job="staging deploy"]').waitFor();
    expect(await page.locator('[data-job=upload]').count()).toBe(0);
    expect((await page.inputValue('#workflow')).match(/^# file: .*$/gm)).toEqual([
      '# file: deploy.yml',
      '# file: _gate.yml',
    ]);
    const rows = await rowsOn(page);
    expect(rows.map(({ job }) => job)).toEqual(['staging deploy']);
  });

  test('are dropped onto the page', async () => {
    const page = await openPage(browser);
    await page.evaluate(`(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([${JSON.stringify(filesOf('no permission')['.github/workflows/deploy.yml'])}], 'upload.yml'));
      const over = new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(over);
      if (!over.defaultPrevented) throw new Error('The browser would open the file.');
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    })()`);
    await page.locator('[data-job=upload]').waitFor();
    expect(await page.locator('[data-token=missing]').textContent()).toContain('(upload.yml:2)');
  });

  test('are nowhere in the URL or a storage, send nothing, and can be cleared', async () => {
    const { url, requested } = await serve();
    const page = await openPage(browser, '', { url });
    await page.locator('#workflow-source > summary').click();
    await page.fill('#workflow', textOf(filesOf('a matrix with environments')));
    expect(await fragmentOn(page)).toBe(fragmentOf(EXAMPLE_SETUP));
    await use(page, 'deploy on push refs/heads/main with dev');
    const fragment = await fragmentOn(page);
    expect(setupInFragment(fragment).setup).toEqual({
      ...EXAMPLE_SETUP,
      environment: 'dev',
      accountId: '222222222222',
      role: 'ci/deploy',
    });
    const stored = (await page.evaluate(
      '[location.href, JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, JSON.stringify(history.state)]',
    )) as string[];
    for (const place of stored) expect(place).not.toMatch(/npm|matrix|deploy\.yml/);
    await page.click('#workflow-clear');
    expect(await page.locator('#workflow-status').isVisible()).toBe(false);
    expect(await useButtons(page).count()).toBe(0);
    expect(await subjectOn(page)).toBe(`${REPO}:environment:dev`);
    await page.fill('#workflow', textOf(filesOf('no permission')));
    await page.click('#reset');
    expect(await page.inputValue('#workflow')).toBe('');
    expect(await useButtons(page).count()).toBe(0);
    expect(requested).toEqual(['/assume-aws-roles/']);
  });

  test('never become markup', async () => {
    const text = textOf(filesOf('no permission'))
      .replace('upload:', '\'<img src=x onerror="document.title=1">\':')
      .replace('deploy.yml', '<b>x<b>.yml');
    const page = await openWith(text.replace('secrets.AWS_ROLE', "'<script>document.title=2</script>'"));
    expect(await page.locator('#workflow-jobs').textContent()).toContain('<img src=x');
    expect(await page.locator('img, b, main script').count()).toBe(0);
    expect(await page.title()).toBe('Trust policies for GitHub Actions');
  });

  test('that repeat anchors without end are refused', async () => {
    const levels = Array.from(
      { length: 30 },
      (_one, level) => `x${level}: &x${level} [*x${level - 1}, *x${level - 1}]`,
    );
    const page = await openWith(['x-1: &x-1 [a]', ...levels, 'on: push', 'jobs: {}'].join('\n'));
    expect((await gapsOn(page)).join()).toContain('not read: more than 50000 values');
  });
});

const STATES = {
  workflow: async (page: Page) => {
    await page.fill('#workflow', textOf(filesOf('pull requests, a choice, and a schedule')));
    await use(page, 'apply on push refs/heads/main with staging');
  },
  'workflow-problems': async (page: Page) => {
    const files = [
      filesOf('a called workflow that is missing'),
      { 'upload.yml': textOf(filesOf('no permission')) },
    ];
    await page.fill(
      '#workflow',
      `${files.map(textOf).join('').replace('# file: .github/workflows/deploy.yml\non: push\nperm', 'on: push\nperm')}# file: other.yml\n${filesOf('a token for others')['.github/workflows/deploy.yml']}`,
    );
  },
};

describe.each(Object.entries(STATES))('the page (%s)', (state, reach) => {
  const cases = SCHEMES.flatMap((scheme) =>
    Object.entries(WIDTHS).map(([name, width]) => ({ scheme, name, width })),
  );

  test.each(cases)('has no finding of axe on a $name, $scheme, and fits', async ({ scheme, name, width }) => {
    const page = await openPage(browser, '', { colorScheme: scheme, viewport: { width, height: 844 } });
    await page.locator('#workflow-source > summary').click();
    await reach(page);
    await page.screenshot({ path: `${SCREENSHOTS}/${state}-${name}-${scheme}.png`, fullPage: true });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await axeFindings(page)).toEqual([]);
  });
});
