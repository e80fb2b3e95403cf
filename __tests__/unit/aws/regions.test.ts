import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import {
  isKnownRegion,
  nearestRegion,
  regionMeantBy,
  regionsOfSameLaw,
  remarksOnRegions,
} from '../../../src/aws/regions.ts';

/** The regions that the SDK knows: keys of its `partitions.json`, but for those that stand for a whole partition. */
function regionsOfSdk(): string[] {
  const sdk = createRequire(import.meta.url).resolve('@aws-sdk/core/client');
  const file = path.join(
    sdk.slice(0, sdk.lastIndexOf('dist-')),
    'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
  );
  const names = readFileSync(file, 'utf8').matchAll(/"([a-z-]+-\d+)": \{/g);
  return [...names].map(([, name]) => name ?? '');
}

test('every region of the SDK is known, and under one law', () => {
  const regions = regionsOfSdk();
  expect(regions.length).toBeGreaterThan(40);
  for (const region of regions) {
    expect([region, isKnownRegion(region)]).toEqual([region, true]);
    expect(regionsOfSameLaw(region)).toContain(region);
    expect([region, regionMeantBy(region)]).toEqual([region, undefined]);
  }
});

test.each([
  ['eu-wset-1', 'eu-west-1'],
  ['eu-est-1', 'eu-west-1'],
  ['us-eats-1', 'us-east-1'],
  ['ue-west-1', 'eu-west-1'],
  ['eur-west-1', 'eu-west-1'],
  ['us-gvo-west-1', 'us-gov-west-1'],
  ['ap-sotheast-2', 'ap-southeast-2'],
  ['eusc-de-esat-1', 'eusc-de-east-1'],
])('%s is misspelt: %s', (code, meant) => {
  expect(regionMeantBy(code)).toBe(meant);
});

test.each([
  'eu-west-1',
  'aws-global',
  'eu-west-9',
  'eu-southeast-1',
  'nz-north-1',
  'us-gov-central-1',
  'mx-west-1',
])('%s is, or may be, a region', (code) => {
  expect(regionMeantBy(code)).toBeUndefined();
});

test.each([
  ['EU-WEST-1', 'eu-west-1'],
  ['eu west 1', 'eu-west-1'],
  ['us_east_1', 'us-east-1'],
  ['us-east-1a', 'us-east-1'],
  ['useast1', 'us-east-1'],
  ['Ireland', undefined],
  ['eu  west _ 1', 'eu-west-1'],
  // Separators and the letter of an Availability Zone are no changes. Two changes are the limit.
  ['eu wset 1', 'eu-west-1'],
  ['eu.wset--2', 'eu-west-2'],
  ['eu-wset--1', 'eu-west-1'],
  ['eu-wsst--2a', 'eu-west-2'],
  ['eu-w3st--1', 'eu-west-1'],
  ['xxeu-west-1', 'eu-west-1'],
  ['eu-west-1xx', 'eu-west-1'],
  ['eu-wset-1xx', undefined],
  ['eu-wxxx-1', undefined],
  ['eu-wxet--1', undefined],
  ['eu-wsxt--1', undefined],
])('%s is near to %s', (text, meant) => {
  expect(nearestRegion(text)).toBe(meant);
});

test('a region that is not known has a remark, once', () => {
  const remark = (code: string) =>
    `This version of the action does not know the region ${code}. If it is not a new region, correct its name.`;
  expect(remarksOnRegions('eu-west-9', ['us-east-1', 'us-east-9', 'eu-west-9'])).toEqual([
    `${remark('eu-west-9')} It has no fallback regions.`,
    remark('us-east-9'),
  ]);
  expect(remarksOnRegions('aws-global', ['eu-west-1'])).toEqual([]);
});
