import type { StsConfig } from '../config/config.ts';
import { partitionOfRegion } from '../plan/partitions.ts';
import type { Environment } from '../runner/runner.ts';
import type { StsEndpoint } from './failover.ts';

/**
 * The STS endpoints to ask, in order: the input or what the SDKs' variables say, alone; else the region's own and
 * those of the fallback regions.
 *
 * The SDK would find the first by itself, but by way of the shared config files, which have no say in whom this
 * action asks.
 */
export function stsEndpoints(
  region: string,
  { endpoint, fallbackRegions }: Pick<StsConfig, 'endpoint' | 'fallbackRegions'>,
  env: Environment,
): readonly [StsEndpoint, ...StsEndpoint[]] {
  const url = endpoint?.href ?? configuredEndpoint(env);
  if (url !== undefined) return [{ region, url }];
  const others = (fallbackRegions ?? defaultFallbackRegions(region)).filter((other) => other !== region);
  const own = (code: string) => ({ region: code, url: regionalEndpoint(code, env) });
  return [own(region), ...others.map(own)];
}

/**
 * Large regions of each area of the partition `aws`, where STS is always active. A job whose own region is away goes
 * no further than it has to; the other partitions have too few regions to guess.
 */
const FALLBACK_REGIONS: Readonly<Record<string, readonly string[]>> = {
  us: ['us-east-1', 'us-west-2'],
  ca: ['us-east-1', 'us-west-2'],
  mx: ['us-east-1', 'us-west-2'],
  sa: ['us-east-1', 'us-west-2'],
  eu: ['eu-west-1', 'eu-central-1'],
  af: ['eu-west-1', 'eu-central-1'],
  il: ['eu-west-1', 'eu-central-1'],
  me: ['eu-west-1', 'eu-central-1'],
  ap: ['ap-southeast-1', 'ap-northeast-1'],
};

function defaultFallbackRegions(region: string): readonly string[] {
  const area = region.split('-')[0] ?? '';
  return partitionOfRegion(region).id === 'aws' ? (FALLBACK_REGIONS[area] ?? []) : [];
}

/** AWS SDKs and Tools Reference Guide, "Service-specific endpoints". */
function configuredEndpoint(env: Environment): string | undefined {
  if (isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)) return undefined;
  return env.AWS_ENDPOINT_URL_STS || env.AWS_ENDPOINT_URL || undefined;
}

/** AWS SDKs and Tools Reference Guide, "Dual-stack and FIPS endpoints". */
function regionalEndpoint(region: string, env: Environment): string {
  const { id, dnsSuffix, dualStackSuffix } = partitionOfRegion(region);
  const fips = isTrue(env.AWS_USE_FIPS_ENDPOINT);
  const dualStack = isTrue(env.AWS_USE_DUALSTACK_ENDPOINT);
  // The GovCloud endpoints are FIPS endpoints as they are, and have no other name.
  const host = fips && !(id === 'aws-us-gov' && !dualStack) ? 'sts-fips' : 'sts';
  return `https://${host}.${region}.${dualStack ? dualStackSuffix : dnsSuffix}`;
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
