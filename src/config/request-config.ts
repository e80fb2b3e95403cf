import { endpointVariable } from '../aws/endpoints.ts';
import type { Environment } from '../platform/environment.ts';
import { DEFAULT_REFUSALS } from '../platform/retry.ts';
import { httpUrl } from './aws-parsers.ts';
import type { Config, StsConfig } from './config.ts';
import type { InputReader } from './input-reader.ts';
import { INPUTS } from './inputs.ts';

/** Reads where STS is and how to reach it. */
export function readSts(inputs: InputReader, env: Environment): StsConfig {
  checkEndpointVariable(inputs, env);
  return {
    endpoint: inputs.get('sts-endpoint'),
    fallbackRegions: inputs.get('sts-fallback-regions'),
    proxy: { httpProxy: inputs.get('http-proxy'), noProxy: inputs.get('no-proxy') },
  };
}

/** Notes a problem of the SDK's variable for the endpoint, unless the input overrides the variable. */
function checkEndpointVariable(inputs: InputReader, env: Environment): void {
  const variable = inputs.given('sts-endpoint') ? undefined : endpointVariable(env);
  if (variable === undefined) return;
  const text = variable.text.trim();
  const parsed = httpUrl(text);
  if ('value' in parsed) return;
  inputs.problem({
    input: 'sts-endpoint',
    variable: variable.name,
    found: parsed.found ?? text,
    expected: parsed.expected,
    remedy: `${parsed.remedy} Correct the environment variable, or override it with sts-endpoint.`,
  });
}

/**
 * Reads how often and for how long requests are retried. 0 and 1 both mean one attempt. A number that the user sets also
 * applies to denied requests. `special-characters-workaround` takes several sessions, so it has its own number.
 */
export function readRetry(inputs: InputReader): Pick<Config, 'maxAttempts' | 'refusals'> {
  const waitSeconds = inputs.get('wait-for-role');
  const attempts = inputs.get('retry-max-attempts');
  const disabled = inputs.get('disable-retry');
  if (inputs.get('special-characters-workaround')) {
    const maxAttempts = INPUTS['retry-max-attempts'].default;
    return { maxAttempts, refusals: { ...DEFAULT_REFUSALS, waitSeconds } };
  }
  const maxAttempts = disabled ? 1 : Math.max(1, attempts);
  const retries = inputs.given('retry-max-attempts') ? maxAttempts - 1 : DEFAULT_REFUSALS.retries;
  return { maxAttempts, refusals: { retries, waitSeconds } };
}
