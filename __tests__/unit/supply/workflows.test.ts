import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { WORKFLOWS } from '../../support/documentation.ts';

interface Job {
  needs?: string | string[];
  permissions?: Record<string, string>;
  steps?: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

const jobs = WORKFLOWS.flatMap(([place, text]) =>
  Object.entries((parse(text) as { jobs: Record<string, Job> }).jobs).map(
    ([name, job]) => [`${place}, ${name}`, job] as const,
  ),
);
const jobsOf = (file: string) => jobs.filter(([place]) => place.includes(`/${file},`)).map(([, job]) => job);

/** Runs code that comes with dependencies. */
const RUNS_DEPENDENCIES = /\bnpm (ci|cit|install|test|run|exec)\b|\bnpx\b|\.ci\/run/;

describe.each(jobs)('%s', (_place, { permissions, steps = [] }) => {
  test('has no right to sign or to write where code of dependencies runs', () => {
    const runs = steps.some(({ run = '' }) => RUNS_DEPENDENCIES.test(run));
    if (runs) expect(permissions).toEqual({ contents: 'read' });
    else expect(permissions).toBeDefined();
  });

  test('leaves no token in the checkout', () => {
    const checkouts = steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });
});

test('a release is signed by a job of its own, which comes after the checks and runs nothing of a dependency', () => {
  const [build, release] = jobsOf('release.yml');
  const checks = build?.steps?.map(({ run = '' }) => run).filter(Boolean);
  expect(checks).toEqual([expect.stringMatching(/^npm run release:check -- --tag (?!.*--without)/)]);
  expect(release?.needs).toBe('build');
  expect(release?.permissions).toMatchObject({ 'id-token': 'write', attestations: 'write' });
  const commands = release?.steps?.map(({ run = '' }) => run).join('\n') ?? '';
  expect(commands).not.toMatch(/\bnpm\b|\.\//);
  expect(commands.match(/\bnode .*/g)).toEqual(['node scripts/release-files.ts "$GITHUB_REF_NAME" release']);
  expect(importsOf('release-files.ts')).toEqual([]);
});

/** The imports of scripts by a script that runs before packages are installed, or beside a token that signs. */
function importsOf(script: string): string[] {
  const imports = [
    ...readFileSync(`scripts/${script}`, 'utf8').matchAll(/^(?:import|\} from) .*?'(.+)';$/gm),
  ];
  const others = imports.map(([, name = '']) => name).filter((name) => !name.startsWith('node:'));
  return others.flatMap((name) => [name, ...(name.startsWith('./') ? importsOf(name.slice(2)) : [])]);
}

test('the checks of a release need no package, since they install them', () => {
  const imports = importsOf('release-check.ts');
  expect(imports).toContain('./release.ts');
  expect(imports.filter((name) => !name.startsWith('./'))).toEqual([]);
});

test('the first jobs of for-each-account and the others differ only in when they start', () => {
  const [, first, others] = jobsOf('for-each-account.yml').map(
    (job) => ({ ...job }) as Record<string, unknown>,
  );
  const differing = Object.keys(others ?? {}).filter(
    (key) => JSON.stringify(first?.[key]) !== JSON.stringify(others?.[key]),
  );
  expect(differing).toEqual(['needs', 'if', 'strategy']);
  expect(JSON.stringify(first?.strategy)).toContain('needs.list.outputs.canary');
});
