import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { stsEndpoints } from '../../../src/aws/endpoints.ts';

const REGIONS = [
  'us-east-1',
  'eu-west-1',
  'ap-southeast-7',
  'mx-central-1',
  'cn-north-1',
  'cn-northwest-1',
  'us-gov-west-1',
  'us-gov-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
  'eusc-de-east-1',
];

const NONE = { endpoint: undefined, fallbackRegions: [] };

const stsEndpoint = (region: string, endpoint: URL | undefined, env: Record<string, string>) =>
  stsEndpoints(region, { ...NONE, endpoint }, env)[0].url;

/** What the SDK's own rules say. */
async function fromSdk(region: string, fips: boolean, dualStack: boolean): Promise<string> {
  const { endpointProvider } = new STSClient({ region }).config;
  const { url } = endpointProvider({
    Region: region,
    UseFIPS: fips,
    UseDualStack: dualStack,
    UseGlobalEndpoint: false,
  });
  return url.href.replace(/\/$/, '');
}

describe("the region's endpoint is the one of the SDK's rules", () => {
  for (const fips of [false, true]) {
    for (const dualStack of [false, true]) {
      test.each(REGIONS)(`%s, FIPS ${fips}, dual stack ${dualStack}`, async (region) => {
        let expected: string;
        try {
          expected = await fromSdk(region, fips, dualStack);
        } catch {
          return; // the SDK knows no such endpoint; asking for it fails by name
        }
        const env = { AWS_USE_FIPS_ENDPOINT: String(fips), AWS_USE_DUALSTACK_ENDPOINT: String(dualStack) };
        expect(stsEndpoint(region, undefined, env)).toBe(expected);
      });
    }
  }
});

test('the input outranks the variables, the service variable the general one, and both can be turned off', () => {
  const env = { AWS_ENDPOINT_URL_STS: 'http://sts.test', AWS_ENDPOINT_URL: 'http://all.test' };
  expect(stsEndpoint('eu-west-1', new URL('http://input.test/x'), env)).toBe('http://input.test/x');
  expect(stsEndpoint('eu-west-1', undefined, env)).toBe('http://sts.test');
  expect(stsEndpoint('eu-west-1', undefined, { AWS_ENDPOINT_URL_STS: ' http://sts.test ' })).toBe(
    'http://sts.test',
  );
  expect(stsEndpoint('eu-west-1', undefined, { AWS_ENDPOINT_URL: 'http://all.test' })).toBe(
    'http://all.test',
  );
  expect(stsEndpoint('eu-west-1', undefined, { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toBe(
    'https://sts.eu-west-1.amazonaws.com',
  );
});

describe('aws-global is the global endpoint, signed for us-east-1', () => {
  const [FIPS, DUAL_STACK] = [{ AWS_USE_FIPS_ENDPOINT: 'true' }, { AWS_USE_DUALSTACK_ENDPOINT: 'true' }];

  test.each([
    ['https://sts.amazonaws.com', {}],
    // The global endpoint has no other name, so these are of the region that it stands for.
    ['https://sts-fips.us-east-1.amazonaws.com', FIPS],
    ['https://sts.us-east-1.api.aws', DUAL_STACK],
    ['http://sts.test', { AWS_ENDPOINT_URL_STS: 'http://sts.test' }],
  ])('%s', (url, env) => {
    const options = { endpoint: undefined, fallbackRegions: undefined };
    expect(stsEndpoints('aws-global', options, env)).toEqual([{ region: 'us-east-1', url }]);
  });
});

describe('fallback regions', () => {
  const regions = (region: string, fallbackRegions?: string[], env = {}) =>
    stsEndpoints(region, { endpoint: undefined, fallbackRegions }, env).map((endpoint) => endpoint.region);

  test.each([
    ['eu-north-1', ['eu-west-1', 'eu-central-1']],
    ['eu-west-1', ['eu-central-1']],
    ['us-east-2', ['us-east-1', 'us-west-2']],
    ['ca-central-1', ['ca-west-1']],
    ['ap-northeast-1', ['ap-northeast-3']],
    ['ap-south-2', ['ap-south-1']],
    ['ap-southeast-2', ['ap-southeast-4']],
    ['us-gov-east-1', ['us-gov-west-1']],
    // London, Zurich, Singapore, Seoul, Auckland, São Paulo, Tel Aviv, Bahrain, Cape Town.
    ...'eu-west-2 eu-central-2 ap-southeast-1 ap-northeast-2 ap-southeast-6 sa-east-1 il-central-1 me-south-1 af-south-1'
      .split(' ')
      .map((region) => [region, []] as [string, string[]]),
    ['cn-north-1', []],
    ['us-iso-east-1', []],
    ['eusc-de-east-1', []],
    ['eu-west-9', []],
  ])('stay under the law of %s by default: %j', (region, others) => {
    expect(regions(region)).toEqual([region, ...others]);
  });

  test('are not for a region that nobody knows, whoever names them', () => {
    expect(regions('eu-west-9', ['eu-west-1'])).toEqual(['eu-west-9']);
  });

  test('are those of the input, or none', () => {
    expect(regions('eu-west-1', ['us-east-1'])).toEqual(['eu-west-1', 'us-east-1']);
    expect(regions('eu-west-1', [])).toEqual(['eu-west-1']);
  });

  test('do not stand in for an endpoint that somebody chose', () => {
    expect(regions('eu-west-1', undefined, { AWS_ENDPOINT_URL_STS: 'http://sts.test' })).toEqual([
      'eu-west-1',
    ]);
  });
});
