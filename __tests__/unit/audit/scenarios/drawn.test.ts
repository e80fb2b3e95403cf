import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { times } from '../../../support/soak.ts';
import { LabCheck } from './lab-check.ts';
import { judgedOf, present } from './present.ts';
import { allow, GITHUB, policy, reportOf, type Scenario } from './scenario.ts';

const lab = new LabCheck();
const counts = { drawn: 0, rows: 0, allowed: 0, denied: 0, tokens: 0 };

afterAll(async () => {
  await lab.close();
  console.log(
    `Drawn workflows and policies: ${counts.drawn}, ${counts.rows} rows, ${counts.allowed} allowed, ${counts.denied} denied, ${counts.tokens} tokens presented`,
  );
});

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const some = (...values: readonly string[]) =>
  fc.uniqueArray(pick(...values), { minLength: 1, maxLength: 3 });

const FILTERS = [
  'main',
  'dev',
  '**',
  'release/*',
  'release/**',
  'v[0-9]',
  '!main',
  '!release/1',
  'feature-?',
  'a+b',
];
const triggers = fc.oneof(
  some(...FILTERS).map((names) => `{push: {branches: ${JSON.stringify(names)}}}`),
  some('v*', 'v1.?', '**', '!v0*').map((names) => `{push: {tags: ${JSON.stringify(names)}}}`),
  some('main', 'gh-pages').map((names) => `{push: {branches-ignore: ${JSON.stringify(names)}}}`),
  pick(
    'push',
    'pull_request',
    'workflow_dispatch',
    'schedule',
    'release',
    'merge_group',
    'pull_request_target',
    '[push, pull_request]',
  ),
  pick('{workflow_dispatch: {inputs: {stage: {type: choice, options: [dev, prod]}}}}'),
);
const jobs = pick(
  '',
  'environment: prod',
  'environment: "a:b"',
  'environment: ${{ inputs.stage }}',
  'environment: ${{ vars.STAGE }}',
  "environment: ${{ github.ref_name == 'main' && 'prod' || 'dev' }}",
  'strategy: {matrix: {stage: [dev, prod]}}\nenvironment: ${{ matrix.stage }}',
  "if: github.ref == 'refs/heads/main'",
  "if: startsWith(github.ref, 'refs/tags/')",
  "if: github.event_name == 'push' && !contains(github.ref, 'dev')",
);

const SUBJECTS = [
  'repo:octo/app:*',
  'repo:octo/app:ref:refs/heads/main',
  'repo:octo/app:ref:refs/heads/*',
  'repo:octo/app:ref:refs/heads/release/*',
  'repo:octo/app:ref:refs/heads/release/?',
  'repo:octo/app:ref:refs/tags/v*',
  'repo:octo/app:environment:prod',
  'repo:octo/app:environment:a%3Ab',
  'repo:octo/app:pull_request',
  'repo:octo/other:*',
  'repo:Octo/App:ref:refs/heads/MAIN',
  'repo:octo@9919/app@74:*',
  'repo:octo@9919/app@74:ref:refs/heads/main',
  'repo:octo*/app*:ref:refs/heads/*',
  '*',
  '*:ref:refs/*/main',
  'repo:octo/app:ref:refs/heads/${*}',
];
const OPERATORS = [
  'StringEquals',
  'StringLike',
  'StringEqualsIgnoreCase',
  'StringNotEquals',
  'StringNotLike',
  'StringLikeIfExists',
  'ForAnyValue:StringLike',
  'ForAllValues:StringLike',
  'StringNotEqualsIgnoreCase',
  'ArnLike',
];
const others = fc.record({
  operator: pick(...OPERATORS, 'Null', 'Bool'),
  key: pick(
    ...[
      'ref',
      'environment',
      'repository',
      'repository_id',
      'job_workflow_ref',
      'actor',
      'aud',
      'repository_owner',
      'event_name',
      'iss',
      'email',
    ].map((claim) => `${GITHUB}:${claim}`),
    'aws:SourceIp',
    'aws:RequestTag/x',
    'sts:RoleSessionName',
    `other.example:sub`,
  ),
  value: pick(
    'refs/heads/main',
    'refs/heads/*',
    'prod',
    'octo/app',
    '74',
    'octo/app/.github/workflows/*',
    'sts.amazonaws.com',
    'true',
    'false',
    '*',
    '${aws:username}',
  ),
});
const statements = fc
  .record({
    effect: pick('Allow', 'Allow', 'Allow', 'Deny'),
    operator: pick(...OPERATORS),
    subject: fc.oneof(some(...SUBJECTS), pick(undefined)),
    aud: pick('sts.amazonaws.com', 'sts.amazonaws.com', null, 'https://other'),
    action: pick(
      'sts:AssumeRoleWithWebIdentity',
      'sts:AssumeRoleWithWebIdentity',
      'sts:*',
      'sts:AssumeRole',
      '*',
    ),
    federated: pick(
      `arn:aws:iam::111111111111:oidc-provider/${GITHUB}`,
      `arn:aws:iam::111111111111:oidc-provider/${GITHUB}`,
      `arn:aws:iam::222222222222:oidc-provider/${GITHUB}`,
      'arn:aws:iam::111111111111:oidc-provider/other.example',
      `arn:aws:iam::111111111111:oidc-provider/${GITHUB}/octo`,
    ),
    more: fc.array(others, { maxLength: 2 }),
  })
  .map(({ subject, more, ...options }) => {
    const conditions: Record<string, Record<string, string>> = {};
    for (const { operator, key, value } of more)
      conditions[operator] = { ...conditions[operator], [key]: value };
    return allow(subject, { ...options, conditions });
  });

const scenarios = fc
  .record({
    on: triggers,
    job: jobs,
    list: fc.array(statements, { minLength: 1, maxLength: 3 }),
    formats: pick(['name'] as const, ['immutable'] as const, ['name', 'immutable'] as const),
    facts: pick(
      {},
      {},
      { variables: { vars: { STAGE: 'prod' } } },
      { subjectClaims: ['repo', 'job_workflow_ref'] },
      { subjectClaims: ['repository_id', 'context'] },
    ),
  })
  .map(({ list, ...rest }): Scenario => ({ name: 'drawn', ...rest, policy: policy(...list), rows: [] }));

test('drawn workflows and policies: never a verdict that the lab does not share', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      reportOf(scenario);
      counts.drawn++;
      for (const judged of judgedOf(scenario)) {
        counts.rows++;
        const { verdict } = judged.row;
        if (verdict !== 'allowed' && verdict !== 'denied') continue;
        counts[verdict]++;
        const answers = await present(judged, scenario, lab);
        counts.tokens += answers.length;
        expect({ verdict, subject: judged.row.subject, answers }).toEqual({
          verdict,
          subject: judged.row.subject,
          answers: answers.map(() => verdict === 'allowed'),
        });
      }
    }),
    { numRuns: times(100, 2_000), seed: 16 },
  );
}, 600_000);

test('drawn texts are no reason to crash', () => {
  const json = fc.json({ maxDepth: 4 });
  const keys = [
    'Statement',
    'Role',
    'Resources',
    'planned_values',
    'format_version',
    'Effect',
    'Properties',
    'Fn::Sub',
    'Ref',
    'Type',
    'AssumeRolePolicyDocument',
  ];
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      pick('x', 'AWS::IAM::Role', 'Allow', '${a}', ''),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(pick(...keys), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(
      fc.oneof(
        json,
        tree.map((value) => JSON.stringify(value) ?? ''),
        fc.string(),
      ),
      fc.string(),
      pick('a.json', 'a.yaml', 'a.tfstate'),
      (text, workflow, file) => {
        const report = reportOf({
          name: 'drawn',
          files: { '.github/workflows/a.yml': workflow },
          policies: { [file]: text },
          rows: [],
        });
        expect(Array.isArray(report.rows)).toBe(true);
      },
    ),
    { numRuns: times(100, 1_000), seed: 16 },
  );
}, 120_000);
