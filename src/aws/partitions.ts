/** A partition of AWS: a group of regions that share accounts, ARNs and a DNS suffix. */
export interface Partition {
  readonly id: string;
  readonly dnsSuffix: string;
  readonly dualStackSuffix: string;
  /** Matches the regions of the partition, future regions included. */
  readonly regions: RegExp;
}

function partition(id: string, dnsSuffix: string, dualStackSuffix: string, regions: RegExp): Partition {
  return { id, dnsSuffix, dualStackSuffix, regions };
}

const AWS = partition('aws', 'amazonaws.com', 'api.aws', /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/);

/** AWS SDKs, `partitions.json`. The first match wins. */
const PARTITIONS: readonly Partition[] = [
  AWS,
  partition('aws-cn', 'amazonaws.com.cn', 'api.amazonwebservices.com.cn', /^cn-\w+-\d+$/),
  partition('aws-us-gov', 'amazonaws.com', 'api.aws', /^us-gov-\w+-\d+$/),
  partition('aws-iso', 'c2s.ic.gov', 'api.aws.ic.gov', /^us-iso-\w+-\d+$/),
  partition('aws-iso-b', 'sc2s.sgov.gov', 'api.aws.scloud', /^us-isob-\w+-\d+$/),
  partition('aws-iso-e', 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk', /^eu-isoe-\w+-\d+$/),
  partition('aws-iso-f', 'csp.hci.ic.gov', 'api.aws.hci.ic.gov', /^us-isof-\w+-\d+$/),
  partition('aws-eusc', 'amazonaws.eu', 'api.amazonwebservices.eu', /^eusc-(de)-\w+-\d+$/),
];

export const PARTITION_IDS: readonly string[] = PARTITIONS.map(({ id }) => id);

/** The partition of a region; `aws` for a region that matches no partition. */
export function partitionOfRegion(region: string): Partition {
  return PARTITIONS.find(({ regions }) => regions.test(region)) ?? AWS;
}
