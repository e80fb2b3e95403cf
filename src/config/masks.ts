import type { InputText } from './input-text.ts';
import { boolean } from './parsers.ts';

const SECRETS = [
  'aws-secret-access-key',
  'aws-session-token',
  'saml-assertion',
  'mfa-totp-secret',
  'mfa-code',
  'github-token',
];
const WITH_ACCOUNTS = [
  'role-to-assume',
  'role-chain',
  'allowed-account-ids',
  'managed-session-policies',
  'saml-provider-arn',
  'mfa-serial',
  'inline-session-policy',
];

/**
 * What the inputs hold that no log may show: secrets, and account ids when `mask-aws-account-id` asks for that. Read
 * before anything else, so that no message about another input can show them.
 */
export function masksInInputs(text: InputText): string[] {
  const masks = SECRETS.map((name) => text(name).trim());
  // Refused by its parser, but in the log for later steps all the same.
  masks.push(...passwordIn(text('sts-endpoint')));
  if (isTrue(text('mask-aws-access-key-id'), true)) masks.push(text('aws-access-key-id').trim());
  masks.push(...WITH_ACCOUNTS.flatMap((name) => masksInText(text, text(name))));
  return [...new Set(masks)].filter((mask) => mask !== '');
}

/** The password of a URL, as it is written and as it is sent. */
function passwordIn(url: string): string[] {
  const { password } = URL.canParse(url.trim()) ? new URL(url.trim()) : { password: '' };
  const written = /:\/\/[^/@:]*:([^/@]*)@/.exec(url)?.[1] ?? '';
  return [password, written];
}

/** The account IDs in what an input names, a file for instance, when `mask-aws-account-id` asks for that. */
export function masksInText(text: InputText, content = ''): readonly string[] {
  return isTrue(text('mask-aws-account-id'), false) ? accountIdsIn(content) : [];
}

/** What may be an account ID in `content`, each once. */
export function accountIdsIn(content: string): readonly string[] {
  return [...new Set(content.match(/(?<!\d)\d{12}(?!\d)/g))];
}

function isTrue(text: string, fallback: boolean): boolean {
  const parsed = boolean(text.trim());
  return 'value' in parsed ? parsed.value : fallback;
}
