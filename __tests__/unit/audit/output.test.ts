import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import type { Finding, Report, Row } from '../../../src/audit/model/report.ts';
import { annotationsOf } from '../../../src/audit/output/annotations.ts';
import { markdownOf } from '../../../src/audit/output/markdown.ts';
import { outcomeOf } from '../../../src/audit/output/outcome.ts';
import { sarifOf } from '../../../src/audit/output/sarif.ts';
import { textOf } from '../../../src/audit/output/text.ts';
import { JOBS } from './scenarios/jobs.ts';
import { POLICIES } from './scenarios/policies.ts';
import { reportOf } from './scenarios/scenario.ts';

const ROW: Row = {
  workflow: 'deploy.yml',
  job: 'deploy',
  called: null,
  event: 'push',
  ref: 'refs/heads/main',
  environment: null,
  format: 'name',
  audience: 'sts.amazonaws.com',
  role: 'arn:aws:iam::111111111111:role/deploy',
  subject: 'repo:octo/app:ref:refs/heads/main',
  verdict: 'denied',
  why: 'Why.',
  file: '.github/workflows/deploy.yml',
  line: 12,
};
const FINDING: Finding = {
  id: 'too-wide',
  severity: 'warning',
  file: 'infra/deploy.json',
  line: 3,
  message: 'It is wide.',
  remedy: 'Narrow it.',
};
const REPORT: Report = { rows: [ROW], findings: [FINDING], gaps: [{ file: 'a.yml', line: 1, what: 'x' }] };
const UNINVITED = [
  {
    role: 'deploy',
    file: 'infra/deploy.json',
    workflow: '.github/workflows/test.yml',
    job: 'lint',
    event: 'push',
  },
];
const PERMISSION: Finding = { ...FINDING, id: 'missing-permission', severity: 'error' };

describe('what fails an audit', () => {
  const rows = (report: Report, failOn: Parameters<typeof outcomeOf>[1], baseline?: Report) => {
    const outcome = outcomeOf(report, failOn, baseline);
    return [...outcome.rows.map(({ verdict }) => verdict), ...outcome.findings.map(({ id }) => id)];
  };
  const unknown: Row = { ...ROW, verdict: 'unknown', job: 'other' };
  const noToken: Row = { ...ROW, verdict: 'no-token', job: 'fork' };
  const all: Report = {
    rows: [ROW, unknown, noToken],
    findings: [FINDING, PERMISSION, { ...FINDING, id: 'stale-value', severity: 'note' }],
    gaps: [],
  };

  test.each([
    ['none', []],
    ['denied', ['denied', 'missing-permission']],
    ['risk', ['denied', 'too-wide', 'missing-permission']],
    ['unknown', ['denied', 'unknown', 'too-wide', 'missing-permission']],
  ] as const)('%s', (failOn, expected) => {
    expect(rows(all, failOn)).toEqual(expected);
  });

  test('a job that one form of the subject lets in does not fail', () => {
    const immutable: Row = { ...ROW, format: 'immutable', subject: 'repo:octo@1/app@2:ref:refs/heads/main' };
    const allowed: Row = { ...ROW, verdict: 'allowed' };
    expect(rows({ rows: [allowed, immutable], findings: [], gaps: [] }, 'denied')).toEqual([]);
    expect(rows({ rows: [ROW, immutable], findings: [], gaps: [] }, 'denied')).toEqual(['denied', 'denied']);
  });

  test('what a former report has does not fail again, on whatever line', () => {
    const moved: Report = {
      rows: [
        { ...ROW, line: 40, why: 'Other words.' },
        { ...ROW, job: 'new' },
      ],
      findings: [
        { ...FINDING, line: 9 },
        { ...FINDING, message: 'It is wider.' },
      ],
      gaps: [],
    };
    const outcome = outcomeOf(moved, 'risk', REPORT);
    expect(outcome.rows.map(({ job }) => job)).toEqual(['new']);
    expect(outcome.findings.map(({ message }) => message)).toEqual(['It is wider.']);
  });
});

describe('annotations', () => {
  const annotated = (report: Report, failOn: 'denied' | 'none' = 'denied') =>
    annotationsOf(report, outcomeOf(report, failOn, undefined));

  test('what fails is an error on its line, what does not is less', () => {
    expect(annotated(REPORT).annotations).toEqual([
      {
        level: 'error',
        file: '.github/workflows/deploy.yml',
        line: 12,
        title: 'deploy.yml#deploy is denied arn:aws:iam::111111111111:role/deploy',
        message: 'push on refs/heads/main: Why.',
      },
      {
        level: 'warning',
        file: 'infra/deploy.json',
        line: 3,
        title: 'too-wide',
        message: 'It is wide. Narrow it.',
      },
    ]);
    expect(annotated(REPORT, 'none').annotations.map(({ level }) => level)).toEqual(['warning', 'warning']);
  });

  test('10 of each level, and the number of the others', () => {
    const rows = Array.from({ length: 25 }, (_, index) => ({ ...ROW, job: `job${index}` }));
    const findings = Array.from({ length: 12 }, (_, index) => ({ ...FINDING, line: index + 1 }));
    const { annotations, omitted } = annotated({ rows, findings, gaps: [] });
    expect(annotations.map(({ level }) => level)).toEqual([
      ...Array(10).fill('error'),
      ...Array(10).fill('warning'),
    ]);
    expect(omitted).toBe(17);
  });
});

describe('SARIF', () => {
  const schema = JSON.parse(readFileSync('__tests__/fixtures/sarif-2.1.0.json', 'utf8'));
  const ajv = new Ajv.default({ strict: false, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);

  test.each([
    ['an example', REPORT],
    ['nothing', { rows: [], findings: [], gaps: [] }],
    ['odd names', { ...REPORT, findings: [{ ...FINDING, file: 'a b/ü:%.json' }] }],
    ...[...JOBS, ...POLICIES].map((scenario) => [scenario.name, reportOf(scenario)] as [string, Report]),
  ])('of %s is valid by the schema of OASIS', (_name, report) => {
    validate(JSON.parse(sarifOf(report, 'https://github.com/octo/x/blob/v1/docs/audit.md')));
    expect(validate.errors).toBeNull();
  });

  test('has a result for each denied row and each finding, and gaps as notifications', () => {
    const [run] = JSON.parse(sarifOf(REPORT, undefined)).runs;
    expect(run.results).toMatchObject([
      {
        ruleId: 'denied',
        level: 'error',
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: '.github/workflows/deploy.yml' },
              region: { startLine: 12 },
            },
          },
        ],
      },
      { ruleId: 'too-wide', level: 'warning', message: { text: 'It is wide. Narrow it.' } },
    ]);
    expect(
      run.results.map((result: { ruleIndex: number }) => run.tool.driver.rules[result.ruleIndex].id),
    ).toEqual(['denied', 'too-wide']);
    expect(run.invocations[0].toolExecutionNotifications).toMatchObject([{ message: { text: 'x' } }]);
  });

  test('a finding that moves keeps its fingerprint', () => {
    const prints = (report: Report) =>
      JSON.parse(sarifOf(report, undefined)).runs[0].results.map(
        ({ partialFingerprints }: { partialFingerprints: object }) => partialFingerprints,
      );
    const moved = { ...REPORT, rows: [{ ...ROW, line: 1 }], findings: [{ ...FINDING, line: 1 }] };
    expect(prints(moved)).toEqual(prints(REPORT));
  });
});

test('the table for a terminal', () => {
  expect(textOf(REPORT, UNINVITED)).toBe(`Jobs and roles
==============
verdict  job                event  ref              environment  format  role
denied   deploy.yml#deploy  push   refs/heads/main               name    arn:aws:iam::111111111111:role/deploy

Why
===
denied: deploy.yml#deploy → arn:aws:iam::111111111111:role/deploy
  Why.

Findings
========
warning infra/deploy.json:3 [too-wide]
  It is wide.
  Narrow it.

Let in without asking
=====================
deploy (infra/deploy.json): test.yml#lint (push)

Not read or not understood
==========================
a.yml:1 x
`);
});

describe('the summary', () => {
  test('a matrix of jobs and roles, and a graph', () => {
    const other: Row = { ...ROW, role: 'arn:aws:iam::111111111111:role/read', verdict: 'allowed' };
    const immutable: Row = { ...ROW, format: 'immutable', verdict: 'allowed' };
    const text = markdownOf({ rows: [ROW, immutable, other], findings: [], gaps: [] }, UNINVITED);
    expect(text).toContain(
      '| deploy.yml#deploy | push | refs/heads/main | name: ❌ denied; immutable: ✅ allowed | ✅ allowed |',
    );
    expect(text).toContain(
      '  n0["deploy.yml#35;deploy"] -.->|denied| n1(["arn:aws:iam::111111111111:role/deploy"])',
    );
    expect(text).toContain('| deploy (infra/deploy.json): test.yml#lint (push) |');
    expect(text).toContain('  n0["deploy.yml#35;deploy"] --> n2(["arn:aws:iam::111111111111:role/read"])');
  });

  test('no name is markup', () => {
    const text = markdownOf({ ...REPORT, rows: [{ ...ROW, job: 'a|b`<img>\n## x', role: '"]; click' }] }, []);
    expect(text).not.toMatch(/<img>|\n## x|a\|b`/);
    expect(text).not.toMatch(/\["[^"]*"\]; click/);
  });

  test('says when there is nothing', () => {
    expect(markdownOf({ rows: [], findings: [], gaps: [] }, [])).toContain('No job assumes a role');
  });
});
