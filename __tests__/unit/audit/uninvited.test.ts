import { expect, test } from '@jest/globals';
import { audit } from '../../../src/audit/audit.ts';
import { factsOf, GITHUB, rolesOf, runsOf, type Scenario, trust, workflow } from './scenarios/scenario.ts';

const SCENARIO: Scenario = {
  name: 'two workflows with a token, one without',
  files: {
    '.github/workflows/deploy.yml': workflow('{push: {branches: [main]}}'),
    '.github/workflows/other.yml':
      'on: {push: {branches: [main, dev]}}\npermissions: {id-token: write}\njobs: {sign: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n',
    '.github/workflows/test.yml': 'on: push\njobs: {test: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n',
  },
  policy: trust('repo:octo/app:ref:refs/heads/main'),
  rows: [],
};

test('jobs that a role lets in though they never ask, if they can get a token', () => {
  const { uninvited } = audit({
    workflows: runsOf(SCENARIO),
    policies: rolesOf(SCENARIO),
    facts: factsOf(SCENARIO),
    provider: GITHUB,
    formats: ['name'],
    gaps: [],
    unreadable: [],
  });
  expect(uninvited).toEqual([
    {
      role: 'deploy',
      file: '111111111111/deploy.json',
      workflow: '.github/workflows/other.yml',
      job: 'sign',
      event: 'push',
    },
  ]);
});
