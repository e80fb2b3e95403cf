import { SPOKE } from '../../support/harness.ts';
import { hop, hub, keys, keysAlone, oidc, type Situation, without } from '../situation.ts';

const POLICY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
const LONG = 'arn:aws:iam::111111111111:role/long';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const EXTERNAL = 'arn:aws:iam::111111111111:role/external';
const tagged = (tags: unknown) => keys({ 'custom-tags': JSON.stringify(tags) });
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

/** What the session is asked for with. */
export const SESSION: readonly Situation[] = [
  { name: 'role-duration-seconds: 900', steps: [oidc({ 'role-duration-seconds': '900' })] },
  { name: 'role-duration-seconds: 43200', steps: [keys({ 'role-duration-seconds': '43200' })] },
  { name: 'role-duration-seconds: 0', steps: [oidc({ 'role-duration-seconds': '0' })] },
  {
    name: 'role-duration-seconds: more than the role allows',
    steps: [oidc({ 'role-duration-seconds': '7200' })],
  },
  {
    name: 'role-duration-seconds: more than STS allows',
    steps: [oidc({ 'role-duration-seconds': '43201' })],
  },
  { name: 'role-duration-seconds: 300', steps: [oidc({ 'role-duration-seconds': '300' })] },
  {
    name: 'role-duration-seconds: max',
    steps: [oidc({ 'role-to-assume': LONG, 'role-duration-seconds': 'max' })],
  },
  { name: 'role-duration-seconds: 2h', steps: [oidc({ 'role-duration-seconds': '2h' })] },
  { name: 'role-duration-seconds: 3600s', steps: [oidc({ 'role-duration-seconds': '3600s' })] },
  { name: 'role-duration-seconds: an hour', steps: [oidc({ 'role-duration-seconds': 'an hour' })] },

  {
    name: 'role-external-id: the right one',
    steps: [keys({ 'role-to-assume': EXTERNAL, 'role-external-id': 'between-us' })],
  },
  {
    name: 'role-external-id: another',
    steps: [keys({ 'role-to-assume': EXTERNAL, 'role-external-id': 'of-another' })],
  },
  {
    name: 'role-external-id: too short',
    steps: [keys({ 'role-to-assume': EXTERNAL, 'role-external-id': 'x' })],
  },
  { name: 'role-external-id: with a token', steps: [oidc({ 'role-external-id': 'between-us' })] },

  { name: 'role-session-name: none', steps: [without(oidc(), 'role-session-name')] },
  {
    name: 'role-session-name: all that is allowed in it',
    steps: [oidc({ 'role-session-name': 'a_B=9,.@-+' })],
  },
  { name: 'role-session-name: with a space', steps: [oidc({ 'role-session-name': 'a b' })] },
  { name: 'role-session-name: of 65 characters', steps: [oidc({ 'role-session-name': 'x'.repeat(65) })] },
  { name: 'role-session-name: of one character', steps: [oidc({ 'role-session-name': 'x' })] },

  {
    name: 'session tags: of a pull request',
    env: {
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_BASE_REF: 'main',
      GITHUB_HEAD_REF: `feature/#7 (new) ${'x'.repeat(300)}`,
      GITHUB_TRIGGERING_ACTOR: 'dependabot[bot]',
      GITHUB_WORKFLOW: 'Release "prod" – déjà vu',
    },
    steps: [keys({ 'transitive-tag-keys': 'HeadRef\nTriggeringActor\nWorkflow' })],
  },
  { name: 'session tags: on a chained role', steps: [hub(), hop()] },
  {
    name: 'session tags: too large with the policy',
    steps: [
      keys({
        'custom-tags': JSON.stringify({ a: 'x'.repeat(256), b: 'x'.repeat(256), c: 'x'.repeat(150) }),
        'inline-session-policy': JSON.stringify({ ...POLICY, Id: 'x'.repeat(50) }),
      }),
    ],
  },
  {
    name: 'role-skip-session-tagging: true',
    steps: [keys({ 'role-skip-session-tagging': 'true', 'transitive-tag-keys': 'Repository' })],
  },
  {
    name: 'role-skip-session-tagging: with custom-tags',
    steps: [keys({ 'role-skip-session-tagging': 'true', 'custom-tags': '{"Team":"x"}' })],
  },
  { name: 'role-skip-session-tagging: no', steps: [keys({ 'role-skip-session-tagging': 'no' })] },
  {
    name: 'transitive-tag-keys: of tags that are sent',
    steps: [keys({ 'transitive-tag-keys': 'Repository\nRunId\n EventName ' })],
  },
  {
    name: 'transitive-tag-keys: of a tag that the event lacks',
    steps: [keys({ 'transitive-tag-keys': 'HeadRef\nJob' })],
  },
  {
    name: 'transitive-tag-keys: of a tag that no event has',
    steps: [keys({ 'transitive-tag-keys': 'NoSuch' })],
  },
  { name: 'transitive-tag-keys: in other letters', steps: [keys({ 'transitive-tag-keys': 'repository' })] },
  { name: 'transitive-tag-keys: with a token', steps: [oidc({ 'transitive-tag-keys': 'Repository' })] },
  {
    name: 'transitive-tag-keys: then a chained role with the same tags',
    world: (world) =>
      world.accounts['111111111111']?.roles.find(({ name }) => name === 'by-user')?.trustPolicy.Statement,
    steps: [keys({ 'transitive-tag-keys': 'Repository' }), hop({ 'role-to-assume': SPOKE })],
  },

  { name: 'custom-tags: texts, numbers, truth', steps: [tagged({ Team: 'payments', Stage: 1, Live: true })] },
  { name: 'custom-tags: as the AWS CLI takes them', steps: [tagged([{ Key: 'Team', Value: 'payments' }])] },
  { name: 'custom-tags: a key of our own', steps: [tagged({ Actor: 'somebody' })] },
  { name: 'custom-tags: a key of our own in other letters', steps: [tagged({ actor: 'somebody' })] },
  { name: 'custom-tags: a key that this event leaves free', steps: [tagged({ HeadRef: 'somewhere' })] },
  { name: 'custom-tags: a key that AWS reserves', steps: [tagged({ 'aws:team': 'x' })] },
  { name: 'custom-tags: nested', steps: [tagged({ Team: { name: 'x' } })] },
  { name: 'custom-tags: a character that no tag has', steps: [tagged({ Team: 'a#b' })] },
  { name: 'custom-tags: no JSON', steps: [keys({ 'custom-tags': '{oops' })] },
  { name: 'custom-tags: more than there is room for', steps: [tagged(many(45))] },
  { name: 'custom-tags: with a token', steps: [oidc({ 'custom-tags': '{"Team":"x"}' })] },
  { name: 'custom-tags: no JSON, with a token', steps: [oidc({ 'custom-tags': '{oops' })] },

  {
    name: 'inline-session-policy: on one line',
    steps: [oidc({ 'inline-session-policy': JSON.stringify(POLICY) })],
  },
  {
    name: 'inline-session-policy: laid out',
    steps: [oidc({ 'inline-session-policy': JSON.stringify(POLICY, undefined, 2) })],
  },
  { name: 'inline-session-policy: no JSON', steps: [oidc({ 'inline-session-policy': 'Allow everything' })] },
  {
    name: 'inline-session-policy: too long',
    steps: [oidc({ 'inline-session-policy': JSON.stringify({ ...POLICY, Id: 'x'.repeat(2048) }) })],
  },
  {
    name: 'managed-session-policies: two',
    steps: [oidc({ 'managed-session-policies': `${READ_ONLY}\n\n arn:aws:iam::111111111111:policy/x` })],
  },
  {
    name: 'managed-session-policies: eleven',
    steps: [
      oidc({
        'managed-session-policies': Array.from({ length: 11 }, (_, index) => `${READ_ONLY}${index}`).join(
          '\n',
        ),
      }),
    ],
  },
  {
    name: 'managed-session-policies: no ARN',
    steps: [oidc({ 'managed-session-policies': 'ReadOnlyAccess' })],
  },

  {
    name: 'special-characters-workaround: with a role',
    anyNumber: true,
    steps: [keys({ 'special-characters-workaround': 'true' })],
  },
  {
    name: 'special-characters-workaround: with keys alone',
    steps: [keysAlone({ 'special-characters-workaround': 'true' })],
  },
];
