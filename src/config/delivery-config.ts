import type { DeliveryConfig } from './config.ts';
import type { InputReader } from './input-reader.ts';
import { hasProfiles } from './profiles-source.ts';

export function readDelivery(inputs: InputReader): DeliveryConfig {
  const refresh = inputs.get('refresh');
  const wished = inputs.get('output-env-credentials');
  // As in configure-aws-credentials, a profile replaces the variables by default. With refresh, no variable has keys.
  const environment = wished ?? (refresh !== 'off' || !inputs.given('aws-profile'));
  return {
    refresh,
    environment,
    keys: hasProfiles(inputs) ? wished === true : environment,
    outputs: inputs.get('output-credentials'),
    region: inputs.get('export-region'),
    profile: inputs.get('aws-profile'),
    overwriteProfiles: inputs.get('overwrite-aws-profile'),
    summary: inputs.get('job-summary'),
    unsetCurrent: inputs.get('unset-current-credentials'),
    maskAccountId: inputs.get('mask-aws-account-id'),
    maskAccessKeyId: inputs.get('mask-aws-access-key-id'),
  };
}
