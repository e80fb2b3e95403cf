import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contains } from '../../../src/audit/texts/language.ts';
import { times } from '../../support/soak.ts';
import { MAIN, read, rows, workflow } from './rows.ts';

/** What GitHub's own evaluator makes of a condition in one run. */
function holds(condition: string, github: Readonly<Record<string, string>>): boolean {
  const dictionary = (members: Readonly<Record<string, string>>) =>
    new data.Dictionary(
      ...Object.entries(members).map(([key, value]) => ({ key, value: new data.StringData(value) })),
    );
  const context = new data.Dictionary({ key: 'github', value: dictionary(github) });
  const expression = new Parser(new Lexer(`!!(${condition})`).lex().tokens, ['github'], []).parse();
  const result = new Evaluator(expression, context).evaluate();
  return result instanceof data.BooleanData && result.value;
}

describe("drawn conditions agree with GitHub's evaluator in every run", () => {
  const names = ['main', 'dev', 'release/1', 'release/1/x', 'v1', 'hotfix'];
  const text = fc.constantFrom(
    ...names,
    'refs/heads/main',
    'refs/heads/',
    'refs/tags/v1',
    'refs/',
    'release/',
    '/1',
    'x',
    'e',
    '',
    'push',
    'branch',
    'refs/heads/release/',
    'ads/ma',
  );
  const property = fc.constantFrom(
    'github.ref',
    'github.ref_name',
    'github.ref_type',
    'github.event_name',
    'github.base_ref',
    "format('{0}-{1}', github.ref_type, github.ref_name)",
  );
  const atom = fc.oneof(
    fc
      .tuple(property, fc.constantFrom('==', '!='), text)
      .map(([a, operator, b]) => `${a} ${operator} '${b}'`),
    fc
      .tuple(fc.constantFrom('startsWith', 'endsWith', 'contains'), property, text)
      .map(([name, a, b]) => `${name}(${a}, '${b}')`),
    fc.tuple(text, text, property).map(([a, b, c]) => `contains(fromJSON('["${a}","${b}"]'), ${c})`),
    property,
  );
  const condition = fc.letrec<{ all: string }>((tie) => ({
    all: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      atom,
      fc
        .tuple(tie('all'), fc.constantFrom('&&', '||'), tie('all'))
        .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
      tie('all').map((inner) => `!(${inner})`),
      fc.tuple(tie('all'), tie('all'), tie('all')).map(([a, b, c]) => `(${a} && ${b} || ${c})`),
    ),
  })).all;

  test('on pushes of branches and tags', () => {
    fc.assert(
      fc.property(condition, (drawn) => {
        const { runs, gaps } = read(workflow('push', `    if: ${JSON.stringify(drawn)}\n`));
        expect(gaps).toEqual([]);
        for (const kind of ['heads', 'tags']) {
          for (const name of names) {
            const ref = `refs/${kind}/${name}`;
            const github = {
              ref,
              ref_name: name,
              ref_type: kind === 'heads' ? 'branch' : 'tag',
              event_name: 'push',
              base_ref: '',
            };
            const found = runs.some((run) => contains(run.ref.language, ref));
            expect([drawn, ref, found]).toEqual([drawn, ref, holds(drawn, github)]);
          }
        }
      }),
      { numRuns: times(60, 400) },
    );
  });
});

describe('what conditions narrow', () => {
  test.each([
    ["github.ref != 'refs/heads/main'", ['refs/heads/** without main', 'refs/tags/**']],
    ["!startsWith(github.ref, 'refs/heads/re')", ['refs/heads/** without re**', 'refs/tags/**']],
    ["contains(github.ref_name, 'fix')", ['refs/heads/**fix**', 'refs/tags/**fix**']],
    [
      "endsWith(github.ref_name, '-rc') && startsWith(github.ref_name, 'v')",
      ['refs/heads/**-rc as v**', 'refs/tags/**-rc as v**'],
    ],
    ['contains(fromJSON(\'["a", "b"]\'), github.ref_name)', ['refs/heads/a or b', 'refs/tags/a or b']],
  ])('%s', (condition, expected) => {
    expect(
      read(workflow('push', `    if: ${JSON.stringify(condition)}\n`)).runs.map(({ ref }) => ref.shown),
    ).toEqual(expected);
  });

  test('runs that look alike and are not stay two', () => {
    const step = (condition: string, role: string) =>
      `      - {uses: aws-actions/configure-aws-credentials@v6, if: "${condition}", with: {role-to-assume: ${role}, aws-region: x}}\n`;
    const { runs } = read(
      `on: {push: {branches: ['**']}}\npermissions: {id-token: write}\njobs:\n  a:\n    steps:\n${step("github.ref_name < 'x'", 'R')}${step("github.ref_name != 'main'", 'R')}`,
    );
    expect(runs.map(({ ref, assumptions }) => [ref.shown, assumptions.length])).toEqual([
      ['refs/heads/**', 1],
      ['refs/heads/** without main', 1],
    ]);
  });

  test('inputs of the payload are texts', () => {
    const on = '{workflow_dispatch: {inputs: {flag: {type: boolean}, to: {type: string}}}}';
    const runs = (condition: string) =>
      rows(workflow(on, `    if: ${JSON.stringify(condition)}\n    environment: \${{ inputs.to }}\n`)).filter(
        (row) => row.includes('refs/heads'),
      );
    expect(runs("github.event.inputs.flag == 'true' && inputs.to == 'a'")).toHaveLength(1);
    expect(runs("inputs.flag == 'true'")).toEqual([]);
    expect(runs("github.event.inputs.to == 'a' && inputs.to == 'b'")).toEqual([]);
  });
});

describe('work that multiplies is limited', () => {
  test('jobs that need each other in diamonds', () => {
    const jobs = Array.from({ length: 40 }, (_, n) => {
      const needs = n === 0 ? '' : `needs: [a${n - 1}, b${n - 1}], `;
      return `  a${n}: {${needs}steps: []}\n  b${n}: {${needs}if: vars.B${n % 2} == 'x', steps: []}\n`;
    });
    expect(read(`on: {push: {branches: [main]}}\njobs:\n${jobs.join('')}`).runs.length).toBeGreaterThan(0);
  });

  test('workflows that call each other many times', () => {
    const level = (n: number) => `.github/workflows/l${n}.yml`;
    const files = Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => {
        const jobs = Array.from({ length: 8 }, (_job, j) => `  j${j}: {uses: ./${level(n + 1)}}\n`).join('');
        return [
          level(n),
          `on: ${n === 0 ? 'push' : 'workflow_call'}\njobs:\n${n === 8 ? '  x: {steps: []}\n' : jobs}`,
        ];
      }),
    );
    expect(read(files).gaps).toEqual([
      {
        file: level(0),
        line: 1,
        what: 'more than 2000 events and calls of workflows start here; the rest are not read',
      },
    ]);
  });
});

test('a workflow is named by its file where the name is missing', () => {
  expect(read(workflow('schedule')).runs[0]?.claims.values.get('workflow')?.shown).toBe(MAIN);
});
