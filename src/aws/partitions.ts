/** A partition of AWS: a group of regions that share accounts, ARNs and a DNS suffix. */
export interface Partition {
  readonly id: string;
  readonly dnsSuffix: string;
  /** The DNS suffix of dual-stack endpoints. */
  readonly dualStackSuffix: string;
  /** Matches the regions of the partition, future regions included. */
  readonly regions: RegExp;
}

/** AWS SDKs, `partitions.json`. The first match wins; a region without a match belongs to `aws`. */
const PARTITIONS: readonly [Partition, ...Partition[]] = [
  {
    id: 'aws',
    dnsSuffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
  },
  {
    id: 'aws-cn',
    dnsSuffix: 'amazonaws.com.cn',
    dualStackSuffix: 'api.amazonwebservices.com.cn',
    regions: /^cn-\w+-\d+$/,
  },
  {
    id: 'aws-us-gov',
    dnsSuffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    regions: /^us-gov-\w+-\d+$/,
  },
  {
    id: 'aws-iso',
    dnsSuffix: 'c2s.ic.gov',
    dualStackSuffix: 'api.aws.ic.gov',
    regions: /^us-iso-\w+-\d+$/,
  },
  {
    id: 'aws-iso-b',
    dnsSuffix: 'sc2s.sgov.gov',
    dualStackSuffix: 'api.aws.scloud',
    regions: /^us-isob-\w+-\d+$/,
  },
  {
    id: 'aws-iso-e',
    dnsSuffix: 'cloud.adc-e.uk',
    dualStackSuffix: 'api.cloud-aws.adc-e.uk',
    regions: /^eu-isoe-\w+-\d+$/,
  },
  {
    id: 'aws-iso-f',
    dnsSuffix: 'csp.hci.ic.gov',
    dualStackSuffix: 'api.aws.hci.ic.gov',
    regions: /^us-isof-\w+-\d+$/,
  },
  {
    id: 'aws-eusc',
    dnsSuffix: 'amazonaws.eu',
    dualStackSuffix: 'api.amazonwebservices.eu',
    regions: /^eusc-(de)-\w+-\d+$/,
  },
];

export const PARTITION_IDS: readonly string[] = PARTITIONS.map((partition) => partition.id);

/** The partition of a region; `aws` for a region that matches no partition. */
export function partitionOfRegion(region: string): Partition {
  return PARTITIONS.find((partition) => partition.regions.test(region)) ?? PARTITIONS[0];
}
