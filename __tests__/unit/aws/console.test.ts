import { describe, expect, test } from '@jest/globals';
import { cloudTrailLink } from '../../../src/aws/console.ts';

const session = (arn: string, accessKeyId = 'ASIAX') => ({
  credentials: { accessKeyId, secretAccessKey: '', sessionToken: undefined, expiration: undefined },
  arn,
  accountId: '111111111111',
  userId: '',
  requestId: '',
});
const NAMED = session('arn:aws:sts::111111111111:assumed-role/deploy/octo-org.octo-app-42');

describe('the events of a session', () => {
  test.each([
    ['eu-west-1', 'console.aws.amazon.com'],
    ['cn-north-1', 'console.amazonaws.cn'],
    ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
    ['us-iso-east-1', 'console.c2shome.ic.gov'],
    ['us-isob-east-1', 'console.sc2shome.sgov.gov'],
    ['eusc-de-east-1', 'console.amazonaws-eusc.eu'],
  ])('in %s are at %s, by the name of the session', (region, host) =>
    expect(cloudTrailLink(NAMED, region, false)).toBe(
      `https://${region}.${host}/cloudtrailv2/home?region=${region}#/events?Username=octo-org.octo-app-42`,
    ),
  );

  test('are found exactly by the access key ID', () =>
    expect(cloudTrailLink(NAMED, 'eu-west-1', true)).toMatch(/#\/events\?AccessKeyId=ASIAX$/));

  test.each([
    ['in a partition whose console is not known', NAMED, 'us-isof-south-1'],
    ['of a session without a name', session(''), 'eu-west-1'],
  ])('%s have no link', (_where, one, region) => {
    expect(cloudTrailLink(one, region, false)).toBeUndefined();
    expect(cloudTrailLink(one, region, true)).toBeUndefined();
  });

  test('have a link that Markdown can contain, whatever the name', () =>
    expect(cloudTrailLink(session("x/a b(c)~*!'"), 'eu-west-1', false)).toMatch(
      /\?Username=a%20b%28c%29%7e%2a%21%27$/,
    ));
});
