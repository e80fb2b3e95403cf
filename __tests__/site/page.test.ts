import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startIssuer } from '../../lab/issuer.ts';
import { Traffic } from '../../lab/traffic.ts';
import { PAGE } from '../../scripts/site.ts';
import { parseTrustPolicy } from '../../src/trust/document.ts';
import { evaluateTrust } from '../../src/trust/evaluate.ts';
import { EXAMPLE_SETUP, setupOf } from '../../src/trust/job-setup.ts';
import { questionOfToken } from '../../src/trust/questions.ts';
import { createProviderCommand, createRoleCommands } from '../../src/trust/render/aws-cli.ts';
import { cloudFormationTemplate } from '../../src/trust/render/cloudformation.ts';
import { terraformResources } from '../../src/trust/render/terraform.ts';
import { risksOf } from '../../src/trust/risks.ts';
import { fragmentOf, setupInFragment } from '../../src/trust/setup-link.ts';
import { policyOf } from '../../src/trust/statement.ts';
import { statementForToken } from '../../src/trust/statement-for-token.ts';
import {
  axeFindings,
  decisionOn,
  focusOn,
  fragmentOn,
  letTimePass,
  openPage,
  policyOn,
  SCHEMES,
  serve,
  startBrowser,
  subjectOn,
  WIDTHS,
} from './browser.ts';
import { CLAIMS, POLICIES } from './policies.ts';

/** For a look at the page. */
const SCREENSHOTS = '.cache/site';
const ROLE = { partition: 'aws', accountId: '111111111111' };
const html = readFileSync(PAGE, 'utf8');

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
  mkdirSync(SCREENSHOTS, { recursive: true });
}, 60_000);
afterAll(() => browser.close());
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

describe('the file', () => {
  test('is small', () => {
    expect(gzipSync(html).length).toBeLessThan(80 * 1024);
  });

  test('allows only its own script and style, and no connection', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const hashOf = (tag: string) => {
      const [, text = ''] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html) ?? [];
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "connect-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      'img-src data:',
      `script-src ${hashOf('script')}`,
      `style-src ${hashOf('style')}`,
    ]);
    expect(html).not.toMatch(/ on[a-z]+="| style="|localStorage|sessionStorage|indexedDB|document\.cookie/);
  });
});

describe('the network', () => {
  test('sees no request after the page has loaded, whatever a person does', async () => {
    const { url, requested } = await serve();
    const page = await openPage(browser, '', { url });
    await page.fill('#owner', 'acme');
    await page.locator('#paste > summary').click();
    await page.fill('#token', JSON.stringify(CLAIMS));
    await page.click('#check-wide');
    for (const tab of ['cli', 'cloudformation', 'terraform']) await page.click(`#tab-${tab}`);
    await page.click('#copy-policy');
    await fragmentOn(page);
    const sent = await page.evaluate(
      `Promise.all([fetch('./x').then(() => 1, () => 0), new Promise((done) => { const i = new Image(); i.onload = () => done(1); i.onerror = () => done(0); i.src = './y'; })])`,
    );
    expect(sent).toEqual([0, 0]);
    expect(requested).toEqual(['/assume-aws-roles/']);
  });

  test('is not needed for a page from a file', async () => {
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    await page.goto(`file://${PAGE}`);
    expect(await subjectOn(page)).toBe('repo:octo-org@123456/octo-app@456789:ref:refs/heads/main');
    expect(requested.filter((url) => !url.startsWith('data:'))).toEqual([`file://${PAGE}`]);
  });
});

describe('the subject follows the form', () => {
  const REPO = 'repo:octo-org@123456/octo-app@456789';

  test('as a person types', async () => {
    const page = await openPage(browser);
    await page.fill('#environment', 'aws:prod');
    expect(await subjectOn(page)).toBe(`${REPO}:environment:aws%3Aprod`);
    await page.fill('#environment', '');
    await page.selectOption('#event', 'pull_request');
    expect(await subjectOn(page)).toBe(`${REPO}:pull_request`);
    await page.selectOption('#event', 'push');
    await page.fill('#ref', 'release');
    expect(await subjectOn(page)).toBe(`${REPO}:ref:refs/heads/release`);
    await page.getByLabel('With names only').check();
    expect(await subjectOn(page)).toBe('repo:octo-org/octo-app:ref:refs/heads/release');
    await page.fill('#owner', 'acme');
    await page.fill('#repository', 'shop');
    expect(await subjectOn(page)).toBe('repo:acme/shop:ref:refs/heads/release');
    expect(await page.locator('#id-command').textContent()).toBe(
      "gh api repos/acme/shop --jq '.owner.id, .id'",
    );
    await page.getByLabel('As I enter it').check();
    await page.fill('#subject', 'project_path:acme/shop');
    expect(await subjectOn(page)).toBe('project_path:acme/shop');
    expect(await page.locator('#subjectKeys').isVisible()).toBe(false);
  });

  test('with the claims of a customized subject, and a called workflow', async () => {
    const page = await openPage(browser);
    await page.fill('#subjectKeys', 'repo, context, actor');
    await page.fill('#claim-actor', 'octocat');
    expect(await subjectOn(page)).toBe(`${REPO}:ref:refs/heads/main:actor:octocat`);
    const called = 'octo-org/workflows/.github/workflows/deploy.yml@refs/tags/v2';
    await page.fill('#calledWorkflow', called);
    expect(JSON.parse(await policyOn(page)).Statement[0].Condition.StringEquals).toEqual({
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': `${REPO}:ref:refs/heads/main:actor:octocat`,
      'token.actions.githubusercontent.com:job_workflow_ref': called,
    });
  });

  test.each([
    ['#accountId', '1111', 'Enter 12 digits.'],
    ['#ownerId', '', 'Enter the number of the owner.'],
    ['#role', 'a b', 'Enter the name of a role, with its path if it has one.'],
    ['#issuer', 'http://x', 'Enter a URL that starts with https://.'],
    ['#owner', '<b>', 'Enter the name of the owner.'],
  ])('and %s = %j shows no policy', async (input, value, problem) => {
    const page = await openPage(browser);
    await page.locator('#more > summary').click();
    await page.fill(input, value);
    expect(await policyOn(page)).toBe('');
    expect(await page.locator('#policy-problem').textContent()).toContain(problem);
    expect(await page.locator(input).getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator(`${input}-problem`).textContent()).toBe(problem);
    expect(await page.locator('#copy-policy').isDisabled()).toBe(true);
  });
});

test('the policy is in every notation what the code of the action makes it, and can be copied', async () => {
  const { url } = await serve();
  const page = await openPage(browser, 'environment=production&role=teams/deploy', {
    url,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const setup = setupInFragment('environment=production').setup;
  const statement = statementForToken({ ...CLAIMS, sub: (await subjectOn(page)) ?? '' }, setup);
  const role = {
    role: { path: '/teams/', name: 'deploy' },
    statements: [statement],
    maxSessionSeconds: 3600,
  };
  const wanted = {
    json: JSON.stringify(policyOf(statement), undefined, 2),
    cli: `${createProviderCommand(setup)}\n\n${createRoleCommands(role)}`,
    cloudformation: cloudFormationTemplate(setup, [role]).trimEnd(),
    terraform: terraformResources(setup, [role]).trimEnd(),
  };
  for (const [notation, text] of Object.entries(wanted)) {
    await page.click(`#tab-${notation}`);
    expect(await policyOn(page)).toBe(text);
    await page.click('#copy-policy');
    await page.locator('#copy-policy', { hasText: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(text);
    await letTimePass(page);
    expect(await page.locator('#copy-policy').textContent()).toBe('Copy');
  }
  await page.click('#copy-sub');
  await page.locator('#copy-sub', { hasText: 'Copied' }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await subjectOn(page));
});

test('everything works with the keyboard alone', async () => {
  const page = await openPage(browser);
  await focusOn(page, 'environment');
  await page.keyboard.type('production');
  expect(await subjectOn(page)).toContain(':environment:production');
  await focusOn(page, 'tab-json');
  await page.keyboard.press('ArrowRight');
  expect(await page.evaluate('document.activeElement.id')).toBe('tab-cli');
  expect(await policyOn(page)).toContain('aws iam create-role --role-name deploy');
  await page.keyboard.press('End');
  expect(await policyOn(page)).toContain('resource "aws_iam_role" "deploy"');
  await page.keyboard.press('ArrowRight');
  expect(await policyOn(page)).toContain('"Version": "2012-10-17"');
  await focusOn(page, 'copy-policy');
  await page.keyboard.press('Enter');
  await page.locator('#copy-policy', { hasText: 'Copied' }).waitFor();
  await focusOn(page, 'check-own');
  await page.keyboard.press('Space');
  expect(await decisionOn(page)).toBe('allowed');
  await letTimePass(page);
  expect(await page.locator('#live').textContent()).toBe('Allows this job. No risk was found.');
  await focusOn(page, 'check-clear');
  await page.keyboard.press('Enter');
  expect(await page.locator('#verdict').isVisible()).toBe(false);
});

describe('the verdict', () => {
  test(`is the evaluator's for ${POLICIES.length} policies, with the same reasons and risks`, async () => {
    expect(POLICIES.length).toBeGreaterThanOrEqual(30);
    const page = await openPage(browser);
    await page.locator('#paste > summary').click();
    await page.fill('#token', JSON.stringify(CLAIMS));
    const decisions = new Set<string>();
    for (const [name, text] of POLICIES) {
      await page.fill('#checked', text);
      const policy = parseTrustPolicy(text);
      if ('unreadable' in policy) throw new Error(`${name}: ${policy.unreadable}`);
      const verdict = evaluateTrust(policy, questionOfToken({ role: ROLE }, CLAIMS));
      decisions.add(verdict.decision);
      const shown = {
        name,
        decision: await decisionOn(page),
        outcomes: await page
          .locator('[data-outcome]')
          .evaluateAll((all) => all.map((one) => one.dataset.outcome)),
        mismatches: await page.locator('.remark.mismatch').count(),
        notEvaluated: await page.locator('.remark.not-evaluated').count(),
        risks: await page.locator('[data-risk]').evaluateAll((all) => all.map((one) => one.dataset.risk)),
      };
      expect({ ...shown, risks: shown.risks.toSorted() }).toEqual({
        name,
        decision: verdict.decision,
        outcomes: verdict.statements.map(({ outcome }) => outcome),
        mismatches: verdict.statements.flatMap((one) => one.mismatches).length,
        notEvaluated: verdict.statements.flatMap((one) => one.notEvaluated).length,
        risks: risksOf(policy, CLAIMS)
          .map(({ id }) => id)
          .toSorted(),
      });
    }
    expect([...decisions].toSorted()).toEqual(['allowed', 'denied', 'undecided']);
  }, 120_000);

  test('marks the lines of conditions that do not match, and of risks, with who gets in', async () => {
    const page = await openPage(browser);
    await page.click('#check-wide');
    const risky = page.locator('.listing > .risk');
    expect(await risky.locator('> code').textContent()).toContain(':sub": "repo:octo-org@123456/*"');
    expect(await risky.locator('[data-risk=too-wide]').textContent()).toContain(
      'Gets in, for example: repo:octo-org@123456/another-repository@900002:ref:refs/heads/main',
    );
    await page.fill('#environment', 'staging');
    await page.fill('#checked', POLICIES.find(([name]) => name === 'an environment')?.[1] ?? '');
    const wrong = page.locator('.listing > .mismatch');
    expect(await wrong.locator('> code').textContent()).toContain(':environment:production"');
    expect(await wrong.locator('.remark').textContent()).toContain(':environment:staging');
  });

  test('is open for claims that the form does not have', async () => {
    const page = await openPage(browser);
    const about = (name: string) => POLICIES.find(([one]) => one === name)?.[1] ?? '';
    await page.fill('#checked', about('the actor'));
    expect(await decisionOn(page)).toBe('undecided');
    await page.fill('#checked', about('IfExists'));
    expect(await decisionOn(page)).toBe('allowed');
    await page.fill('#checked', about('a claim that no token has'));
    expect(await decisionOn(page)).toBe('denied');
  });

  test('offers the account of the policy', async () => {
    const page = await openPage(browser);
    await page.fill('#checked', POLICIES.find(([name]) => name === 'another account')?.[1] ?? '');
    expect(await decisionOn(page)).toBe('denied');
    await page.getByRole('button', { name: 'Use account 222222222222 of the policy' }).click();
    expect(await decisionOn(page)).toBe('allowed');
  });

  test.each(['{', '[]', '{"Statement":[]}', '<img src=x onerror=alert(1)>'])(
    'says that %s is not valid',
    async (text) => {
      const page = await openPage(browser);
      await page.fill('#checked', text);
      expect(await page.locator('#verdict').textContent()).toContain('This is not a valid trust policy: ');
      expect(await page.locator('#verdict img').count()).toBe(0);
    },
  );
});

describe('a pasted token', () => {
  test('fills the form, is discarded, and is nowhere in the URL, the document or a storage', async () => {
    const traffic = new Traffic();
    const issuer = await startIssuer(CLAIMS.iss, traffic, Date.now);
    const page = await openPage(browser);
    try {
      Object.assign(issuer.job, {
        immutableSubject: true,
        environment: 'production',
        repository: 'acme/shop',
      });
      const token = await issuer.mint('sts.amazonaws.com');
      await page.locator('#paste > summary').click();
      await page.fill('#token', token);
      expect(await subjectOn(page)).toBe('repo:acme@9919/shop@74:environment:production');
      expect(await page.inputValue('#ownerId')).toBe('9919');
      expect(await page.inputValue('#token')).toBe('');
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      const fragment = await fragmentOn(page);
      const places = [
        fragment,
        await page.content(),
        ...((await page.evaluate(
          '[JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, JSON.stringify(history.state), ...[...document.querySelectorAll("input, textarea")].map((input) => input.value)]',
        )) as string[]),
      ];
      for (const part of token.split('.')) for (const place of places) expect(place).not.toContain(part);
      for (const private_ of [claims.jti, claims.sha, claims.actor]) expect(fragment).not.toContain(private_);
      expect(setupInFragment(fragment).setup).toEqual(setupOf(claims));
    } finally {
      issuer.server.close();
    }
  });

  test('that is none is said so', async () => {
    const page = await openPage(browser);
    await page.locator('#paste > summary').click();
    for (const text of ['a.b.c', '{"aud":"x"}', 'words', '{']) {
      await page.fill('#token', text);
      expect(await page.locator('#token-status').textContent()).toBe(
        'This is neither a token nor claims with a subject (sub).',
      );
    }
    expect(await subjectOn(page)).toBe('repo:octo-org@123456/octo-app@456789:ref:refs/heads/main');
  });

  test('keeps its claims until the form says otherwise', async () => {
    const page = await openPage(browser);
    await page.locator('#paste > summary').click();
    const called = 'octo-org/workflows/.github/workflows/deploy.yml@refs/tags/v2';
    await page.fill(
      '#token',
      JSON.stringify({ ...CLAIMS, job_workflow_ref: called, environment: 'production' }),
    );
    expect(await page.locator('#claims').textContent()).toContain('octocat');
    expect(await policyOn(page)).toContain(called);
    await page.fill('#environment', '');
    await page.fill('#calledWorkflow', '');
    await page.fill('#ownerId', '');
    expect(await page.locator('#claims').textContent()).not.toMatch(
      /environment|octo-org\/workflows|owner_id/,
    );
    expect(await policyOn(page)).not.toContain(called);
  });
});

describe('the fragment', () => {
  test('has the state, so that a reload or a copy of the URL shows the same', async () => {
    const page = await openPage(browser);
    await page.fill('#owner', 'acme');
    await page.fill('#ownerId', '77');
    await page.fill('#environment', 'aws:prod & more');
    await page.fill('#checked', POLICIES[0]?.[1] ?? '');
    const fragment = await fragmentOn(page);
    const other = await openPage(browser, fragment);
    for (const opened of [page, other]) {
      if (opened === page) await opened.reload();
      expect(await subjectOn(opened)).toBe('repo:acme@77/octo-app@456789:environment:aws%3Aprod & more');
      expect(await opened.inputValue('#checked')).toBe(POLICIES[0]?.[1]);
      expect(await fragmentOn(opened)).toBe(fragment);
    }
    await page.evaluate('location.hash = "#owner=other"');
    await page.waitForFunction('document.getElementById("owner").value === "other"');
    await page.click('#reset');
    expect(await fragmentOn(page)).toBe(fragmentOf(EXAMPLE_SETUP));
  });

  test('leaves out a policy with an external ID', async () => {
    const page = await openPage(browser);
    await page.fill('#checked', '{"Condition":{"StringEquals":{"sts:ExternalId":"7b1f"}}}');
    expect(await fragmentOn(page)).toBe(fragmentOf(EXAMPLE_SETUP));
    expect(await page.locator('#checked-hint').textContent()).toContain('the URL leaves it out');
  });

  test('of a link shows the statement of the dry run or diagnosis that has the link', async () => {
    const page = await openPage(browser, fragmentOf(setupOf(CLAIMS, { ...ROLE, role: 'deploy' })));
    expect(JSON.parse(await policyOn(page))).toEqual(policyOf(statementForToken(CLAIMS, ROLE)));
  });

  test('never becomes markup', async () => {
    const text = encodeURIComponent(
      '"><img src=x onerror="document.title=1"><script>document.title=2</script>',
    );
    const names = [
      'owner',
      'repository',
      'environment',
      'ref',
      'event',
      'role',
      'issuer',
      'partition',
      'policy',
    ];
    const fragment = names.map((name) => `${name}=${text}`).join('&');
    const page = await openPage(
      browser,
      `${fragment}&subject-claims=repo,actor,repo_property_%22%3E%3Cb%3E&claim.actor=${text}`,
    );
    expect(await page.title()).toBe('Trust policies for GitHub Actions');
    expect(await page.locator('img, b, main script').count()).toBe(0);
    expect(await policyOn(page)).toBe('');
  });
});

const STATES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  start: async () => {},
  risks: (page) => page.click('#check-wide'),
  denied: async (page) => {
    await page.fill('#environment', 'production');
    await page.fill('#checked', POLICIES[2]?.[1] ?? '');
    await page.click('#tab-cli');
  },
  open: async (page) => {
    await page.locator('#paste > summary').click();
    await page.locator('#more > summary').click();
    await page.fill('#subjectKeys', 'repo,context,actor');
    await page.fill('#accountId', '12');
    await page.fill('#token', 'words');
    await page.fill('#checked', POLICIES.find(([name]) => name === 'an address')?.[1] ?? '');
  },
};

describe.each(Object.entries(STATES))('the page (%s)', (state, reach) => {
  const cases = SCHEMES.flatMap((scheme) =>
    Object.entries(WIDTHS).map(([name, width]) => ({ scheme, name, width })),
  );

  test.each(cases)('has no finding of axe on a $name, $scheme, and fits', async ({ scheme, name, width }) => {
    const page = await openPage(browser, '', { colorScheme: scheme, viewport: { width, height: 844 } });
    await reach(page);
    await page.evaluate('scrollTo(0, 0)');
    await page.screenshot({ path: `${SCREENSHOTS}/${state}-${name}-${scheme}.png`, fullPage: true });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await axeFindings(page)).toEqual([]);
  });
});

test('the example setup is the one that the page starts with', async () => {
  const page = await openPage(browser);
  expect(await page.inputValue('#owner')).toBe(EXAMPLE_SETUP.owner);
  expect(await page.inputValue('#accountId')).toBe(EXAMPLE_SETUP.accountId);
});
