import type { Environment } from '../platform/environment.ts';
import { boolean } from './parsers.ts';

/** The text of an input by name; empty when it was not given. */
export type InputText = (name: string) => string;

/**
 * The inputs that an environment variable of the same name in upper case supplies, too. Names of the AWS SDKs' own
 * variables are left out: `AWS_ACCESS_KEY_ID` or `AWS_PROFILE` around the action is no wish of its user.
 */
const FROM_ENVIRONMENT = new Set([
  'action-timeout-s',
  'allowed-account-ids',
  'audience',
  'aws-region',
  'custom-tags',
  'disable-retry',
  'force-skip-oidc',
  'inline-session-policy',
  'managed-session-policies',
  'mask-aws-account-id',
  'output-credentials',
  'output-env-credentials',
  'overwrite-aws-profile',
  'retry-max-attempts',
  'role-chaining',
  'role-duration-seconds',
  'role-external-id',
  'role-session-name',
  'role-skip-session-tagging',
  'role-to-assume',
  'special-characters-workaround',
  'sts-endpoint',
  'transitive-tag-keys',
  'unset-current-credentials',
  'use-existing-credentials',
  'web-identity-token-file',
]);

/** Reads inputs, and for those of the peer the variable of the same name where the input is empty. */
export function inputText(input: InputText, env: Environment): InputText {
  const translate = boolean(input('translate-env-variables').trim());
  if ('value' in translate && !translate.value) return input;
  return (name) => input(name) || (FROM_ENVIRONMENT.has(name) ? (env[variableOf(name)] ?? '') : '');
}

function variableOf(input: string): string {
  return input.toUpperCase().replaceAll('-', '_');
}
