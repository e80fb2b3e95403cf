import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { times } from '../../support/soak.ts';
import { assume, MAIN, read, rows, workflow } from './rows.ts';

// GitHub Docs, "Reusing workflow configurations", "YAML anchors and aliases".
describe('YAML', () => {
  test('anchors are replaced by what they name, with the line where that is written', () => {
    const { runs, gaps } = read(`on: {push: {branches: [main]}}
permissions: &token {id-token: write}
jobs:
  first: &job
    runs-on: ubuntu-latest
    permissions: *token
    environment: &prod prod
    steps: &steps
      - uses: aws-actions/configure-aws-credentials@v6
        with: {role-to-assume: &role R, aws-region: eu-west-1}
  second: *job
  third: {environment: *prod, steps: *steps}
`);
    expect(gaps).toEqual([]);
    expect(runs.map(({ job, at, assumptions }) => [job, at.line, assumptions[0]?.at.line])).toEqual([
      ['first', 4, 9],
      ['second', 11, 9],
      ['third', 12, 9],
    ]);
  });

  const BOMB = `a: &a [${'x,'.repeat(10)}]\n${[...'bcdefgh']
    .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(10)}]`)
    .join('\n')}\n`;

  test.each([
    ['a bracket that is open', 'on: [push', 1, /^not valid YAML: /],
    ['a bad indent', 'on: push\njobs:\n  a: b\n c: d\n', 4, /^not valid YAML: /],
    ['a tab', 'on: push\njobs:\n\ta: b\n', 3, /^not valid YAML: /],
    ['an alias without an anchor', 'on: push\njobs: *x\n', 2, /^not valid YAML: no anchor x/],
    ['an anchor within itself', 'on: push\njobs: &j\n  a: *j\n', 3, /an anchor inside itself$/],
    ['a key that is there twice', 'on: push\non: pull_request\njobs: {}\n', 2, /the key on appears twice$/],
    ['two documents', 'on: push\n---\njobs: {}\n', 2, /^not valid YAML: /],
    ['a merge key', 'on: push\njobs: {a: {<<: {x: 1}, steps: []}}\n', 2, /merge key/],
    ['a key that is a list', 'on: push\n? [a]\n: b\njobs: {}\n', 2, /^a key that is not a string/],
    ['no workflow', 'just a text', 1, /^not a valid workflow: on is missing$/],
    ['an empty file', '', 1, /^not a valid workflow: on is missing$/],
    ['no jobs', 'on: push\n', 1, /^not a valid workflow: jobs is missing$/],
    ['anchors within anchors', `on: push\njobs: {}\n${BOMB}`, 7, /^not read: more than 50000 values/],
    ['nesting without end', `on: ${'['.repeat(5000)}`, 1, /^not valid YAML: /],
    ['many levels', `on: ${'['.repeat(150)}${']'.repeat(150)}`, 1, /^not read: nested more than 100 levels/],
    ['a huge file', `# ${'x'.repeat(1_100_000)}`, 1, /larger than 1 MB/],
  ])('%s is a gap with its line', (_, text, line, what) => {
    const { gaps } = read(text);
    expect(gaps[0]).toMatchObject({ file: MAIN, line });
    expect(gaps[0]?.what).toMatch(what);
  });

  test('one file that is wrong leaves the others', () => {
    const { runs, gaps } = read({ [MAIN]: 'on: [', '.github/workflows/b.yaml': workflow('schedule') });
    expect([runs.length, gaps.length > 0]).toEqual([1, true]);
  });

  test('values of the wrong type do not matter', () => {
    for (const part of [
      'jobs: [1, 2]',
      'jobs: {a: null, b: 3, c: [x]}',
      'jobs: {a: {steps: {x: y}}}',
      'jobs: {a: {steps: [1, null, [x], {uses: 5, with: 3, if: {a: b}}]}}',
      'jobs: {a: {environment: [x], steps: []}}',
      'jobs: {a: {environment: {name: {a: b}}, strategy: {matrix: 5}, needs: {a: b}, steps: []}}',
      'jobs: {a: {strategy: {matrix: {x: {a: b}, include: 5, exclude: [7]}}, permissions: [x], steps: []}}',
      'jobs: {a: {uses: [x]}}',
      'jobs: {a: {uses: ./x.yml, with: [x], secrets: 5}}',
    ]) {
      for (const on of [
        'push',
        '5',
        '{push: 5, pull_request: [x], schedule: {a: b}, workflow_dispatch: {inputs: [5]}}',
      ]) {
        expect(() => read(`on: ${on}\n${part}\n`)).not.toThrow();
      }
    }
  });
});

describe('drawn workflows', () => {
  const word = fc.constantFrom(
    'push',
    'main',
    'prod',
    'R',
    "'*'",
    "'!x'",
    '1',
    'true',
    '~',
    "''",
    '[a, b]',
    '{a: b}',
    '*a',
    '&a x',
  );
  const expression = fc.constantFrom(
    '${{ github.ref }}',
    "${{ github.ref == 'refs/heads/main' && 'a' || vars.B }}",
    '${{ matrix.x }}',
    '${{ inputs.to }}',
    '${{ secrets.S }}-${{ env.E }}',
    "${{ fromJSON(vars.J).a['b'][0] }}",
    '${{ github.event.*.x }}',
    "${{ format('{0}{0}{0}', format('{0}{0}{0}', github.ref)) }}",
    '${{ toJSON(toJSON(toJSON(matrix))) }}',
    '${{ contains(fromJSON(\'[1,"a"]\'), inputs.to) }}',
    '${{ constructor() }}',
    '${{ github.constructor.__proto__ }}',
    '${{ !always() || failure() && success() }}',
    '${{ (',
    '${{ }}',
  );
  const value = fc.oneof(
    word,
    expression.map((text) => JSON.stringify(text)),
  );
  const key = fc.constantFrom(
    'on',
    'jobs',
    'steps',
    'uses',
    'with',
    'if',
    'env',
    'environment',
    'strategy',
    'matrix',
    'include',
    'exclude',
    'needs',
    'permissions',
    'push',
    'pull_request',
    'branches',
    'tags',
    'types',
    'workflow_call',
    'workflow_dispatch',
    'inputs',
    'secrets',
    'name',
    'role-to-assume',
    'id-token',
    'a',
    'b',
    'x',
    'to',
    'runs-on',
  );
  const lines = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean(), key, fc.option(value)), {
    maxLength: 25,
  });
  const drawn = lines.map((all) =>
    all
      .map(([depth, item, name, of]) => `${'  '.repeat(depth)}${item ? '- ' : ''}${name}: ${of ?? ''}`)
      .join('\n'),
  );
  /** A whole workflow, in which single values are drawn. */
  const filled = fc.array(value, { minLength: 12, maxLength: 12 }).map(
    (v) => `on:
  push: {branches: [${v[0]}]}
  workflow_dispatch: {inputs: {to: {type: choice, options: ${v[1]}}}}
  workflow_call: {inputs: {to: {default: ${v[2]}}}}
permissions: {id-token: ${v[3]}}
env: {E: ${v[4]}}
jobs:
  a:
    if: ${v[5]}
    strategy: {matrix: {x: [${v[6]}], include: [{x: ${v[7]}, y: 1}]}}
    environment: ${v[8]}
    steps:
      - if: ${v[9]}
        uses: aws-actions/configure-aws-credentials@v6
        with: {role-to-assume: ${v[10]}, aws-region: eu-west-1, audience: ${v[11]}}
  b: {needs: a, uses: ./${MAIN}, with: {to: ${v[2]}}}
`,
  );

  test.each([
    ['lines', drawn, 500],
    ['values', filled, 500],
    ['texts', fc.string({ unit: 'binary', maxLength: 200 }), 500],
    [
      'pieces of a real one',
      fc.tuple(fc.nat(), fc.nat(40), fc.string({ maxLength: 5 })).map(([at, length, text]) => {
        const real = workflow('[push, pull_request]', '    environment: ${{ vars.E }}\n');
        const from = at % real.length;
        return real.slice(0, from) + text + real.slice(from + length);
      }),
      500,
    ],
  ])('%s never throw, and each fact has a line', (_, texts: fc.Arbitrary<string>, numRuns) => {
    fc.assert(
      fc.property(texts, (text) => {
        const { runs, gaps } = read(text);
        const last = text.split('\n').length;
        for (const { line, what } of gaps) expect(line >= 1 && line <= last && what !== '').toBe(true);
        for (const { at } of runs) expect(at.line >= 1 && at.line <= last).toBe(true);
      }),
      { numRuns },
    );
  });
});

describe('many and large', () => {
  const count = times(20, 200);
  test(`${count} workflows`, () => {
    const real = ['ci', 'release', 'live', 'codeql'].map((name) =>
      readFileSync(`.github/workflows/${name}.yml`, 'utf8'),
    );
    const own = Array.from(
      { length: count * 0.3 },
      (_, n) =>
        workflow(
          `{push: {branches: [main, 'release/**', '!release/${n}']}, pull_request: {branches: [main]}, workflow_dispatch: {inputs: {to: {type: choice, options: [dev, qa, prod]}}}}`,
          `    strategy: {matrix: {account: [1, 2, 3, 4], region: [a, b, c]}}\n    if: github.event_name != 'pull_request' || startsWith(github.head_ref, 'x')\n    environment: \${{ inputs.to || matrix.account }}\n`,
        ) +
        `  call: {needs: deploy, uses: ./.github/workflows/w0.yml, with: {to: '\${{ github.ref_name }}'}, secrets: inherit}\n`,
    );
    const called = `on: {workflow_call: {inputs: {to: {type: string}}}}\njobs:\n  x: {environment: '\${{ inputs.to }}', steps: ${assume('arn:aws:iam::${{ secrets.A }}:role/x')}}\n`;
    const texts = [
      called,
      ...own,
      ...Array.from({ length: count * 0.7 - 1 }, (_, n) => real[n % real.length] ?? ''),
    ];
    const files = Object.fromEntries(texts.map((text, n) => [`.github/workflows/w${n}.yml`, text]));
    expect(Object.keys(files)).toHaveLength(count);
    const { runs, gaps } = read(files);
    expect(runs.length).toBeGreaterThan(5 * count);
    expect(gaps.filter(({ what }) => what.startsWith('not valid'))).toEqual([]);
  });

  test('texts that multiply themselves do not', () => {
    const nested = Array.from({ length: 40 }).reduce<string>(
      (inner) => `format('{0}{0}', ${inner})`,
      'github.ref',
    );
    const quoted = Array.from({ length: 40 }).reduce<string>((inner) => `toJSON(${inner})`, `'"'`);
    for (const expression of [nested, quoted]) {
      const text = workflow('{push: {branches: [main]}}', `    environment: \${{ ${expression} }}\n`);
      expect(rows(text).join('\n').length).toBeLessThan(100_000);
    }
  });
});
