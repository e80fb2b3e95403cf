import { partitionOfRegion } from './partitions.ts';
import type { Session } from './session.ts';

/** The host of the AWS Management Console in each partition; it has a subdomain for each region (AWS General Reference). */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-iso': 'console.c2shome.ic.gov',
  'aws-iso-b': 'console.sc2shome.sgov.gov',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/**
 * The page of the console with the events of a session in a region (CloudTrail User Guide, "Viewing recent management
 * events with the console"). Undefined in a partition whose console is not known, and for a session without a name.
 *
 * @param byKey finds exactly this session, by its access key ID; otherwise the page has all sessions of the same name in
 *   the account
 */
export function cloudTrailLink(session: Session, region: string, byKey: boolean): string | undefined {
  const host = CONSOLES[partitionOfRegion(region).id];
  const name = session.arn.split('/').at(-1) ?? '';
  if (host === undefined || name === '') return undefined;
  const filter = byKey
    ? `AccessKeyId=${encoded(session.credentials.accessKeyId)}`
    : `Username=${encoded(name)}`;
  return `https://${region}.${host}/cloudtrailv2/home?region=${region}#/events?${filter}`;
}

/** Text in a URL that Markdown can contain: parentheses would end a link. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}
