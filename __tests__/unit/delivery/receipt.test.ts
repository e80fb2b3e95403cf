import { describe, expect, test } from '@jest/globals';
import { completeRole } from '../../../src/aws/arn.ts';
import type { IdentityConfig } from '../../../src/config/config.ts';
import type { RunState } from '../../../src/delivery/receipt/receipt.ts';
import { writeReceipt } from '../../../src/delivery/receipt/write-receipt.ts';
import type { Plan, PlanNode } from '../../../src/plan/plan.ts';
import { ActionError, ERROR_CODES } from '../../../src/platform/errors.ts';
import type { Runner } from '../../../src/platform/runner/runner.ts';
import type { DeliveredSession } from '../../../src/session/delivered-sessions.ts';
import type { Obtained } from '../../../src/session/obtain-sessions.ts';
import { renderMarkdown, tablesIn } from '../../support/github-markdown.ts';
import { requestOf } from '../sts/requests.ts';
import { configOf, FLAT, profileSession } from './sessions.ts';

const ENV = {
  GITHUB_OUTPUT: 'file',
  GITHUB_REPOSITORY: 'octo-org/octo-app',
  GITHUB_RUN_ID: '42',
  GITHUB_RUN_ATTEMPT: '2',
};
const FAILED = new ActionError('PROFILES_FAILED', { problem: 'some failed', remedy: 'correct them' });

/** What a step with this state writes: the summary as Markdown and rendered, and the output. */
function receiptFor(state: Partial<RunState>, error?: ActionError, inputs: Record<string, string> = {}) {
  let markdown = '';
  let json = '';
  const runner = {
    summary: (text: string) => (markdown += text),
    setOutput: (_name: string, value: string) => (json = value),
  } as unknown as Runner;
  writeReceipt({ config: configOf(inputs), sessions: [], ...state }, { runner, env: ENV }, error);
  return {
    markdown,
    json,
    output: JSON.parse(json),
    get html() {
      return renderMarkdown(markdown);
    },
  };
}

interface Account {
  readonly name: string;
  readonly unit?: string;
  /** Why there is no session; undefined for an account that succeeded. */
  readonly error?: ActionError;
}

const accountId = (index: number) => String(400_000_000_000 + index);

/** A hub, and accounts whose sessions it obtains. */
function fleet(accounts: readonly Account[]): Pick<RunState, 'plan' | 'outcomes'> {
  const hub: PlanNode = {
    id: 'hub',
    source: { kind: 'identity', identity: { kind: 'github-oidc' } as IdentityConfig },
    request: requestOf('AssumeRoleWithWebIdentity'),
  };
  const nodes = accounts.map(({ name }, index): PlanNode => {
    const role = completeRole({ path: '/', name: 'deploy' }, 'aws', accountId(index));
    return { id: name, source: { kind: 'node', id: 'hub' }, request: { ...requestOf('AssumeRole'), role } };
  });
  const delivered = accounts.map(({ name, unit }) => ({
    node: name,
    region: 'eu-west-1',
    isDefault: false,
    profile: { name, settings: [] },
    ...(unit !== undefined && { unit }),
  }));
  const outcomes: Obtained = new Map([
    ['hub', FLAT.session],
    ...accounts.map(({ name, error }, index) => {
      const { session } = profileSession(name, 'eu-west-1');
      const id = accountId(index);
      const arn = `arn:aws:sts::${id}:assumed-role/deploy/octo-org.octo-app-42.2`;
      return [name, error ?? { ...session, accountId: id, arn }] as const;
    }),
  ]);
  return { plan: { nodes: [hub, ...nodes], delivered } satisfies Plan, outcomes };
}

const named = (count: number, more: Partial<Account> = {}): Account[] =>
  Array.from({ length: count }, (_, index) => ({ name: `account-${index}`, ...more }));

const denial = (account: string) =>
  new ActionError('STS_ACCESS_DENIED', {
    problem: 'denied',
    likely: `the trust policy of arn:aws:iam::${account}:role/deploy names another caller`,
    remedy: 'change it',
  });

describe('no markup of others is in the summary', () => {
  /** Names that a role or a profile can have, and other texts of STS. */
  const MARKUP = 'a|b\\c<img src=x>`d`_e_*f*[g](h)&lt;~~i~~\n# j';
  const SHOWN = 'a|b\\c&lt;img src=x&gt;`d`_e_*f*[g](h)&amp;lt;~~i~~ # j';

  test('in the cells of its table', () => {
    const profile = { name: MARKUP, settings: [] };
    const session = { ...FLAT.session, arn: MARKUP, userId: MARKUP, requestId: MARKUP };
    const { html } = receiptFor({ sessions: [{ ...FLAT, profile, session }] });
    const [table] = tablesIn(html);
    expect(table?.rows[0]?.filter((cell) => cell === SHOWN)).toHaveLength(4);
    expect(html).not.toContain('<img');
  });

  test('in the texts of an error', () => {
    const parts = [{ problem: MARKUP, remedy: '' }];
    const details = { problem: MARKUP, remedy: MARKUP, parts };
    const { html } = receiptFor({}, new ActionError('INVALID_INPUT', details));
    expect(html.split(SHOWN)).toHaveLength(4);
    expect(html).not.toContain('<img');
  });

  test('in units, causes and the names of nodes', () => {
    const error = new ActionError('STS_FAILED', { problem: MARKUP, remedy: '' });
    const accounts = [{ name: MARKUP, unit: MARKUP, error }, ...named(40, { unit: MARKUP })];
    const { html } = receiptFor(fleet(accounts));
    expect(html).not.toContain('<img');
    expect(html.split(SHOWN).length).toBeGreaterThan(2);
  });
});

describe('account IDs', () => {
  const state = fleet([{ name: 'dev', error: denial('400000000000') }, { name: 'prod' }]);

  test('are shown by default', () => {
    const { html, json } = receiptFor(state);
    expect(html).toContain('<td>400000000001</td>');
    expect(json).toContain('400000000001');
  });

  test('are nowhere with mask-aws-account-id', () => {
    const { markdown, json } = receiptFor(state, undefined, { 'mask-aws-account-id': 'true' });
    expect(markdown + json).not.toMatch(/(?<!\d)\d{12}(?!\d)/);
    expect(markdown).toContain('| ************ |'.replaceAll('*', '\\*'));
  });
});

describe('three hundred accounts', () => {
  const accounts = named(300).map((account, index): Account => {
    const unit = ['payments', 'platform', 'sandbox'][index % 3] ?? '';
    return index < 60 ? { ...account, unit, error: denial(accountId(index)) } : { ...account, unit };
  });
  const state = fleet(accounts);
  const { html, markdown } = receiptFor(state, FAILED);

  test('are folded: failures of one cause first, then one part for each unit', () => {
    const titles = [...html.matchAll(/<details><summary>(.*?)<\/summary>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Failed: 60',
      'Not delivered, payments: 80',
      'Not delivered, platform: 80',
      'Not delivered, sandbox: 80',
    ]);
    expect(tablesIn(html).map(({ rows }) => rows.length)).toEqual([60, 80, 80, 80]);
    expect(html).toContain('names another caller, in the wording for account-0.');
    expect(html).toContain('<p>300 sessions: 60 failed, 240 not delivered.');
  });

  test('each row has as many cells as the head', () => {
    for (const { head, rows } of tablesIn(html))
      expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([head.length]));
  });

  const diagram = (text: string) => /```mermaid\n([\s\S]*?)```/.exec(text)?.[1]?.trim().split('\n') ?? [];

  test('have a diagram with the hub, some that failed for each cause, and numbers', () => {
    const edges = diagram(markdown).filter((line) => /--|-\.-/.test(line));
    expect(edges.slice(0, 2).map((line) => line.replace(/: arn.*/, ''))).toEqual([
      '  identity["github-oidc"] --> n0["hub',
      '  n0 -.->|STS_ACCESS_DENIED| n1["account-0',
    ]);
    expect(edges.slice(6)).toEqual([
      '  n0 -.->|STS_ACCESS_DENIED| more0["55 more"]',
      '  n0 --> more1["240 more"]',
    ]);
  });

  test('that fail for as many causes have a diagram of at most forty nodes', () => {
    const differing = accounts.map((account, index) => ({
      ...account,
      error: new ActionError(ERROR_CODES[index % ERROR_CODES.length] ?? 'INTERNAL', {
        problem: '',
        remedy: '',
      }),
    }));
    const lines = diagram(receiptFor(fleet(differing), FAILED).markdown);
    const drawn = lines.filter((line) => /\sn\d+\[/.test(line));
    expect(drawn).toHaveLength(39);
  });
});

test('failures of different causes are different parts, the most frequent first', () => {
  const other = new ActionError('STS_REGION_DISABLED', {
    problem: 'region not enabled',
    remedy: 'enable it',
  });
  const accounts = [
    { name: 'x', error: other },
    ...named(3).map((one, at) => ({ ...one, error: denial(accountId(at + 1)) })),
  ];
  const { html } = receiptFor(fleet(accounts), FAILED);
  expect(tablesIn(html).map(({ rows }) => rows.length)).toEqual([3, 1]);
  expect(html.indexOf('STS_ACCESS_DENIED')).toBeLessThan(html.indexOf('region not enabled'));
});

describe('a large fleet', () => {
  const accounts = named(20_000, { unit: 'u'.repeat(60) });
  const { markdown, json, output } = receiptFor(fleet(accounts));

  test('stays below the limit of GitHub for the summary, and says how many rows are left out', () => {
    expect(Buffer.byteLength(markdown)).toBeLessThan(1024 * 1024);
    expect(markdown).toMatch(/\n… and \d+ more\.\n/);
  });

  test('stays below the limit for outputs, and counts what is left out', () => {
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(120_000);
    expect(output.sessions.length + output.omitted).toBe(20_000);
  });
});

test('a thousand sessions fit in a variable: all that failed in full, the others in brief', () => {
  const accounts = named(1000).map((one, at) => (at < 20 ? { ...one, error: denial(accountId(at)) } : one));
  const { json, output } = receiptFor(fleet(accounts));
  expect(Buffer.byteLength(json)).toBeLessThanOrEqual(120_000);
  expect(output.omitted).toBeUndefined();
  expect(output.sessions).toHaveLength(1000);
  expect(output.sessions[19]).toMatchObject({ code: 'STS_ACCESS_DENIED', status: 'failed' });
  expect(output.sessions[20]).toEqual({
    profile: 'account-20',
    account: '400000000020',
    role: 'deploy',
    region: 'eu-west-1',
    status: 'delivered',
  });
});

describe('CloudTrail', () => {
  const link = (session: DeliveredSession, inputs?: Record<string, string>) =>
    receiptFor({ sessions: [session] }, undefined, inputs).output.sessions[0].cloudtrail;

  test('has the events of a session, where the console of the partition is known', () => {
    expect(link(profileSession('a', 'cn-north-1'))).toBe(
      'https://cn-north-1.console.amazonaws.cn/cloudtrailv2/home?region=cn-north-1#/events?Username=x',
    );
    expect(link(profileSession('a', 'us-isof-south-1'))).toBeUndefined();
  });

  test('is searched by access key ID only if that is not masked', () => {
    expect(link(profileSession('a', 'eu-west-1'), { 'mask-aws-access-key-id': 'false' })).toMatch(
      /#\/events\?AccessKeyId=ASIA-a$/,
    );
  });

  test('and the run lead to each other', () => {
    const { html, output } = receiptFor(fleet(named(1)));
    const run = 'https://github.com/octo-org/octo-app/actions/runs/42/attempts/2';
    expect(html).toContain(`<a href="${run}">Run 42, attempt 2</a>`);
    expect(output.run).toEqual({ id: '42', attempt: '2', url: run });
    expect(output.session_name).toBe('test');
    expect(tablesIn(html)[0]?.rows[0]?.at(-1)).toMatch(
      /^<a href="[^"]*Username=octo-org\.octo-app-42\.2">events<\/a>$/,
    );
  });
});

test('a dry run lists what it would obtain', () => {
  const { plan } = fleet(named(2));
  const { html, output } = receiptFor({ plan }, undefined, { 'dry-run': 'true' });
  expect(html).toContain('2 sessions: 2 planned, not requested.');
  expect(output.result).toBe('dry-run');
  expect(output.sessions).toEqual([
    { profile: 'account-0', account: '400000000000', role: 'deploy', region: 'eu-west-1', status: 'planned' },
    { profile: 'account-1', account: '400000000001', role: 'deploy', region: 'eu-west-1', status: 'planned' },
  ]);
});

test('the output has no credentials', () => {
  const { json } = receiptFor(fleet(named(3)), undefined, { 'mask-aws-access-key-id': 'false' });
  expect(json).not.toMatch(/secret|token/);
});
