import type { Environment } from '../platform/environment.ts';
import { partitionOfRegion } from './partitions.ts';
import { GLOBAL_REGION, isKnownRegion, regionsOfSameLaw, SIGNING_REGION_OF_GLOBAL } from './regions.ts';

export interface StsEndpoint {
  readonly region: string;
  readonly url: string;
}

export interface EndpointChoice {
  readonly endpoint: URL | undefined;
  /** Regions to use when the endpoint cannot be reached; undefined for the defaults. */
  readonly fallbackRegions: readonly string[] | undefined;
}

/**
 * The STS endpoints in the order in which they are used. The input, or a variable of the SDKs, names the only endpoint.
 * Otherwise they are the endpoint of the region and those of the fallback regions.
 *
 * The SDK can find the first endpoint itself, but it also reads the shared config files, which must not decide where
 * this action sends a token.
 */
export function stsEndpoints(
  region: string,
  { endpoint, fallbackRegions }: EndpointChoice,
  env: Environment,
): readonly [StsEndpoint, ...StsEndpoint[]] {
  const url = endpoint?.href ?? endpointVariable(env)?.text;
  if (url !== undefined) return [{ region: signingRegion(region), url }];
  // Only the endpoint of an unknown region can confirm that the region exists.
  const fallback = isKnownRegion(region) ? (fallbackRegions ?? defaultFallbackRegions(region)) : [];
  const others = fallback.filter((other) => other !== region);
  const own = (code: string) => ({ region: signingRegion(code), url: regionalEndpoint(code, env) });
  return [own(region), ...others.map(own)];
}

/** Used first where there are several: large regions in which STS is always active. */
const PREFERRED = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1'];

/** The regions of these partitions have different operators, or their operators are not published. */
const WITHOUT_FALLBACK = ['aws-cn', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'];

/**
 * The fallback regions of a region: others under the same law, since a request carries the token and CloudTrail records
 * it in the region that received it. Most countries have one region, and so no fallback region.
 */
function defaultFallbackRegions(region: string): readonly string[] {
  if (WITHOUT_FALLBACK.includes(partitionOfRegion(region).id)) return [];
  const nearby = regionsOfSameLaw(region);
  const preferred = PREFERRED.filter((code) => nearby.includes(code));
  return preferred.length > 0 ? preferred : nearby;
}

/** The endpoint in the SDKs' variables (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"), unchecked. */
export function endpointVariable(
  env: Environment,
  service: 'STS' | 'ORGANIZATIONS' = 'STS',
): { name: string; text: string } | undefined {
  if (isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)) return undefined;
  for (const name of [`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL']) {
    const text = env[name];
    if (text) return { name, text: text.trim() };
  }
  return undefined;
}

function signingRegion(region: string): string {
  return region === GLOBAL_REGION ? SIGNING_REGION_OF_GLOBAL : region;
}

/** AWS SDKs and Tools Reference Guide, "Dual-stack and FIPS endpoints". The global endpoint supports neither. */
function regionalEndpoint(region: string, env: Environment): string {
  const { id, dnsSuffix, dualStackSuffix } = partitionOfRegion(region);
  const fips = isTrue(env.AWS_USE_FIPS_ENDPOINT);
  const dualStack = isTrue(env.AWS_USE_DUALSTACK_ENDPOINT);
  if (region === GLOBAL_REGION && !fips && !dualStack) return `https://sts.${dnsSuffix}`;
  // The GovCloud endpoints are FIPS endpoints under their usual names.
  const host = fips && !(id === 'aws-us-gov' && !dualStack) ? 'sts-fips' : 'sts';
  return `https://${host}.${signingRegion(region)}.${dualStack ? dualStackSuffix : dnsSuffix}`;
}

/** The SDKs' reading of a variable that is true or false. */
export function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
