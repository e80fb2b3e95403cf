import { partitionOfRegion } from '../plan/partitions.ts';
import type { Environment } from '../runner/runner.ts';

/**
 * The STS endpoint to ask: the input, else what the SDKs' variables say, else the region's own.
 *
 * The SDK would find the same, but by way of the shared config files, which have no say in whom this action asks.
 */
export function stsEndpoint(region: string, override: URL | undefined, env: Environment): string {
  return override?.href ?? configuredEndpoint(env) ?? regionalEndpoint(region, env);
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
