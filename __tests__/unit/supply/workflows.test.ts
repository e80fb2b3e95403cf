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

test('a release is signed by a job of its own, which comes after the build and runs nothing of the repository', () => {
  const [build, release] = jobsOf('release.yml');
  expect(build?.steps?.some(({ run }) => run === 'npm cit')).toBe(true);
  expect(release?.needs).toBe('build');
  expect(release?.permissions).toMatchObject({ 'id-token': 'write', attestations: 'write' });
  const commands = release?.steps?.map(({ run = '' }) => run).join('\n');
  expect(commands).not.toMatch(/npm (?!sbom --package-lock-only)|\bnode\b|\.\//);
});

test('the check of a release comes before everything that it could stop', () => {
  const [build] = jobsOf('release.yml');
  const check = build?.steps?.findIndex(({ run = '' }) => run.includes('scripts/release.ts --check')) ?? -1;
  const install = build?.steps?.findIndex(({ run }) => run === 'npm cit') ?? -1;
  expect(check).toBeGreaterThan(-1);
  expect(install).toBeGreaterThan(check);
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
