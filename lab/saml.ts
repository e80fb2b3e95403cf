import { sign, verify } from 'node:crypto';

/** The parts of an assertion that STS evaluates. */
export interface Assertion {
  readonly subject: string;
  readonly audience: string;
  readonly sessionName: string;
  /** `ROLE_ARN,PROVIDER_ARN` for each role. */
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly notOnOrAfter: number;
}

const AUDIENCE = 'https://signin.aws.amazon.com/saml';
const SIGNATURE = /<ds:SignatureValue>([^<]*)<\/ds:SignatureValue>/;

/**
 * A SAML response in base64. Its RSA signature with SHA-256 covers the text without the signature value. That is enough to
 * detect a forged assertion. It is not XML Signature, which the action does not process.
 *
 * @param privateKey in PEM
 * @param now milliseconds since 1970
 */
export function makeAssertion(
  roles: readonly string[],
  privateKey: string,
  now: number,
  sessionName = 'alice',
): string {
  const xml = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><ds:SignatureValue></ds:SignatureValue><saml:Subject><saml:NameID>${sessionName}</saml:NameID><saml:SubjectConfirmationData NotOnOrAfter="${new Date(now + 300_000).toISOString()}" Recipient="${AUDIENCE}"/></saml:Subject><saml:Audience>${AUDIENCE}</saml:Audience>${roles.map((role) => `<saml:AttributeValue name="Role">${role}</saml:AttributeValue>`).join('')}<saml:AttributeValue name="RoleSessionName">${sessionName}</saml:AttributeValue></saml:Assertion></samlp:Response>`;
  const signature = sign('sha256', Buffer.from(xml), privateKey).toString('base64');
  return Buffer.from(xml.replace(SIGNATURE, `<ds:SignatureValue>${signature}</ds:SignatureValue>`)).toString(
    'base64',
  );
}

/** The content of an assertion; undefined unless `publicKey` (PEM) verifies its signature. */
export function readAssertion(base64: string, publicKey: string): Assertion | undefined {
  const xml = Buffer.from(base64, 'base64').toString('utf8');
  const signature = Buffer.from(SIGNATURE.exec(xml)?.[1] ?? '', 'base64');
  const unsigned = xml.replace(SIGNATURE, '<ds:SignatureValue></ds:SignatureValue>');
  if (!verify('sha256', Buffer.from(unsigned), publicKey, signature)) return undefined;
  const values = (name: string) =>
    [...xml.matchAll(new RegExp(`name="${name}">([^<]*)<`, 'g'))].map(([, value]) => value ?? '');
  return {
    subject: /<saml:NameID>([^<]*)</.exec(xml)?.[1] ?? '',
    audience: /<saml:Audience>([^<]*)</.exec(xml)?.[1] ?? '',
    sessionName: values('RoleSessionName')[0] ?? '',
    roles: values('Role'),
    notOnOrAfter: Date.parse(/NotOnOrAfter="([^"]*)"/.exec(xml)?.[1] ?? ''),
  };
}
