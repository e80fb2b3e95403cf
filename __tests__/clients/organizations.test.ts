import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { errorOf, HUB, withJob } from '../support/harness.ts';
import { type Moto, startMoto } from './moto.ts';

/** `accounts-from` against moto, an AWS Organizations that others wrote. */
let moto: Moto;
const ids: Record<string, string> = {};

async function call<T>(operation: string, input: object): Promise<T> {
  const response = await fetch(moto.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSOrganizationsV20161128.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/organizations/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${operation}: ${answer}`);
  return JSON.parse(answer || '{}') as T;
}

async function createAccount(name: string, parent: string, tags: Readonly<Record<string, string>> = {}) {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { CreateAccountStatus } = await call<{ CreateAccountStatus: { AccountId: string } }>(
    'CreateAccount',
    {
      AccountName: name,
      Email: `${name.replaceAll(' ', '')}@example.invalid`,
      Tags,
    },
  );
  const id = CreateAccountStatus.AccountId;
  ids[name] = id;
  if (parent !== ids.root)
    await call('MoveAccount', { AccountId: id, SourceParentId: ids.root, DestinationParentId: parent });
}

async function createUnit(name: string, parent: string): Promise<string> {
  type Created = { OrganizationalUnit: { Id: string } };
  const input = { Name: name, ParentId: parent };
  return (await call<Created>('CreateOrganizationalUnit', input)).OrganizationalUnit.Id;
}

beforeAll(async () => {
  moto = await startMoto(undefined, false);
  await call('CreateOrganization', { FeatureSet: 'ALL' });
  const { Roots } = await call<{ Roots: { Id: string }[] }>('ListRoots', {});
  ids.root = Roots[0]?.Id ?? '';
  ids.workloads = await createUnit('workloads', ids.root);
  ids.prod = await createUnit('prod', ids.workloads);
  ids.full = await createUnit('full', ids.root);
  await createAccount('dev', ids.workloads, { stage: 'dev' });
  await createAccount('prod eu', ids.prod, { stage: 'prod' });
  await createAccount('prod us', ids.prod, { stage: 'prod' });
  await createAccount('closed', ids.prod);
  await call('CloseAccount', { AccountId: ids.closed });
  for (let index = 0; index < 45; index++) await createAccount(`many-${index}`, ids.full);
}, 120_000);
afterAll(() => moto.stop());

async function profilesWith(
  inputs: Readonly<Record<string, string>>,
): Promise<Record<string, { account: string }>> {
  let profiles = {};
  await withJob({}, async ({ job, uses }) => {
    Object.assign(job.environment, {
      AWS_ENDPOINT_URL_STS: moto.url,
      AWS_ENDPOINT_URL_ORGANIZATIONS: moto.url,
    });
    const step = await uses({
      'aws-region': 'eu-west-1',
      'role-to-assume': HUB.replace('111111111111', '123456789012'),
      'account-role': 'OrganizationAccountAccessRole',
      'sts-endpoint': moto.url,
      ...inputs,
    });
    if (step.exitCode !== 0) throw new Error(errorOf(step));
    profiles = JSON.parse(step.outputs.profiles ?? '');
  });
  return profiles;
}

test('all pages of the whole organization, without the account that is closed', async () => {
  const profiles = await profilesWith({ 'accounts-from': 'organization' });
  // With the management account.
  expect(Object.keys(profiles)).toHaveLength(1 + 3 + 45);
  expect(profiles['prod-eu']?.account).toBe(ids['prod eu']);
});

test('a unit with the units below it, and tags', async () => {
  expect(Object.keys(await profilesWith({ 'accounts-from': ids.workloads ?? '' }))).toEqual([
    'dev',
    'prod-eu',
    'prod-us',
  ]);
  const filtered = { 'accounts-from': ids.root ?? '', 'account-filter': 'tag:stage=prod\n!name=* us' };
  expect(Object.keys(await profilesWith(filtered))).toEqual(['prod-eu']);
});

test('a unit that does not exist', async () => {
  await expect(profilesWith({ 'accounts-from': 'ou-ab12-nowhere0' })).rejects.toThrow(
    /ORGANIZATIONAL_UNIT_NOT_FOUND/,
  );
});
