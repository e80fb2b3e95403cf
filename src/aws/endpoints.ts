import type { Environment } from '../platform/environment.ts';
import { partitionOfRegion } from './partitions.ts';
import { GLOBAL_REGION, isKnownRegion, regionsOfSameLaw, SIGNING_REGION_OF_GLOBAL } from './regions.ts';

/** One STS endpoint, and the region that requests to it are signed for. */
export interface StsEndpoint {
  readonly region: string;
  readonly url: string;
}

/** What a user chose about whom to ask. */
export interface EndpointChoice {
  /** Replaces the region's own endpoint. */
  readonly endpoint: URL | undefined;
  /** Regions to ask when the endpoint cannot be reached; undefined for the defaults. */
  readonly fallbackRegions: readonly string[] | undefined;
}

/**
 * The STS endpoints to ask, in order: the input or what the SDKs' variables say, alone; else the region's own and
 * those of the fallback regions.
 *
 * The SDK would find the first by itself, but by way of the shared config files, which have no say in whom this
 * action asks.
 */
export function stsEndpoints(
  region: string,
  { endpoint, fallbackRegions }: EndpointChoice,
  env: Environment,
): readonly [StsEndpoint, ...StsEndpoint[]] {
  const url = endpoint?.href ?? endpointVariable(env)?.text.trim();
  if (url !== undefined) return [{ region: signingRegion(region), url }];
  // Whether there is a region of that name is for its own endpoint to say.
  const fallback = isKnownRegion(region) ? (fallbackRegions ?? defaultFallbackRegions(region)) : [];
  const others = fallback.filter((other) => other !== region);
  const own = (code: string) => ({ region: signingRegion(code), url: regionalEndpoint(code, env) });
  return [own(region), ...others.map(own)];
}

/** Asked first where there are several: large regions in which STS is always active. */
const PREFERRED = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1'];

/** In these one region has no say in another: they are run by different companies, or nothing is published. */
const WITHOUT_FALLBACK = ['aws-cn', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'];

/**
 * Where to ask in place of a region that is away: other regions under the same law, since the request carries the token,
 * and its record in CloudTrail stays where it was made. Most countries have one region, and so no other.
 */
function defaultFallbackRegions(region: string): readonly string[] {
  if (WITHOUT_FALLBACK.includes(partitionOfRegion(region).id)) return [];
  const nearby = regionsOfSameLaw(region);
  const preferred = PREFERRED.filter((code) => nearby.includes(code));
  return preferred.length > 0 ? preferred : nearby;
}

/** What the SDKs' variables say (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"); unchecked. */
export function endpointVariable(env: Environment): { name: string; text: string } | undefined {
  if (isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)) return undefined;
  const name = ['AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL'].find((candidate) => env[candidate]);
  return name === undefined ? undefined : { name, text: env[name] ?? '' };
}

function signingRegion(region: string): string {
  return region === GLOBAL_REGION ? SIGNING_REGION_OF_GLOBAL : region;
}

/** AWS SDKs and Tools Reference Guide, "Dual-stack and FIPS endpoints". The global endpoint has neither. */
function regionalEndpoint(region: string, env: Environment): string {
  const { id, dnsSuffix, dualStackSuffix } = partitionOfRegion(region);
  const fips = isTrue(env.AWS_USE_FIPS_ENDPOINT);
  const dualStack = isTrue(env.AWS_USE_DUALSTACK_ENDPOINT);
  if (region === GLOBAL_REGION && !fips && !dualStack) return `https://sts.${dnsSuffix}`;
  // The GovCloud endpoints are FIPS endpoints as they are, and have no other name.
  const host = fips && !(id === 'aws-us-gov' && !dualStack) ? 'sts-fips' : 'sts';
  return `https://${host}.${signingRegion(region)}.${dualStack ? dualStackSuffix : dnsSuffix}`;
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
