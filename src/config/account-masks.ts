import type { InputText } from './input-reader.ts';
import { boolean } from './parsers.ts';

const INPUTS_WITH_ACCOUNTS = [
  'role-to-assume',
  'role-chain',
  'allowed-account-ids',
  'managed-session-policies',
];

/**
 * The account ids in the inputs, when `mask-aws-account-id` asks to hide them. Read before anything else, so that no
 * message about another input can show them.
 */
export function accountIdsToMask(text: InputText): string[] {
  const mask = boolean(text('mask-aws-account-id').trim());
  if (!('value' in mask) || !mask.value) return [];
  return [...new Set(INPUTS_WITH_ACCOUNTS.flatMap((name) => text(name).match(/\b\d{12}\b/g) ?? []))];
}
