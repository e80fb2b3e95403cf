import { parseBareRole, parseRoleArn, type RoleArn } from '../../aws/arn.ts';
import type { Account } from '../evaluate/principal-set.ts';
import type { Role } from '../policies/roles/role.ts';
import {
  ANYTHING,
  both,
  contains,
  either,
  exactly,
  type Language,
  oneOf,
  repeat,
  sequence,
} from '../texts/language.ts';
import { example } from '../texts/relation.ts';
import type { Value } from '../texts/value.ts';

/** A role that a step can mean. */
export interface RoleMatch {
  readonly role: Role;
  readonly account: Account;
  /** The ARN, with `*` for what is not known of it. */
  readonly arn: string;
}

export interface RoleMatches {
  readonly matches: readonly RoleMatch[];
  /** Roles of the same account and name with another path. */
  readonly otherPath: readonly Role[];
  /** Whether the step names a role at all: not where all of it is a secret. */
  readonly isNamed: boolean;
}

const PARTITION = repeat(oneOf('abcdefghijklmnopqrstuvwxyz-'));
const DIGIT = oneOf('0123456789');
const ACCOUNT = sequence(...Array<Language>(12).fill(DIGIT));
const SOME_PATH = either(exactly('/'), sequence(exactly('/'), ANYTHING, exactly('/')));
/** A name that a step does not mean, unless it can mean any. */
const UNLIKELY = 'zz9-plural-z-alpha';

/** The roles that a step can mean by an ARN, by a name alone, or by a text with unknown parts. */
export function matchRoles(wanted: Value, roles: readonly Role[]): RoleMatches {
  if (wanted.kind === 'known') return matchKnown(wanted.text, roles);
  const anyName = sequence(
    exactly('arn:'),
    PARTITION,
    exactly(':iam::'),
    ACCOUNT,
    exactly(`:role/${UNLIKELY}`),
  );
  const isNamed =
    example(both(wanted.language, anyName)) === undefined && !contains(wanted.language, UNLIKELY);
  if (!isNamed) return { matches: [], otherPath: [], isNamed };
  const isPossible = (language: Language) => example(both(wanted.language, language)) !== undefined;
  const matches = roles.filter(
    (role) => isPossible(arnsOf(role, pathOf(role))) || isPossible(role.name.language),
  );
  const otherPath = roles.filter((role) => !matches.includes(role) && isPossible(arnsOf(role, SOME_PATH)));
  return { matches: matches.map((role) => matchOf(role)), otherPath, isNamed };
}

function matchKnown(text: string, roles: readonly Role[]): RoleMatches {
  const arn = parseRoleArn(text);
  const wanted = arn ?? parseBareRole(text);
  if (wanted === undefined) return { matches: [], otherPath: [], isNamed: false };
  const ofName = roles.filter(
    (role) => contains(role.name.language, wanted.name) && (arn === undefined || isOfAccount(role, arn)),
  );
  const fits = (role: Role) =>
    role.path === undefined ||
    contains(role.path.language, wanted.path) ||
    // A name alone says nothing of the path.
    (arn === undefined && wanted.path === '/');
  return {
    matches: ofName.filter(fits).map((role) => matchOf(role, arn)),
    otherPath: ofName.filter((role) => !fits(role)),
    isNamed: true,
  };
}

function isOfAccount({ accountId, partition }: Role, arn: RoleArn): boolean {
  return (
    (accountId === undefined || accountId === arn.accountId) &&
    (partition === undefined || partition === arn.partition)
  );
}

function matchOf(role: Role, arn?: RoleArn): RoleMatch {
  const { accountId, partition } = arn ?? role;
  const path = role.path?.kind === 'known' ? role.path.text : '/';
  const name = role.name.kind === 'known' ? role.name.text : role.name.shown.replaceAll('…', '*');
  return {
    role,
    account: { accountId, partition },
    arn: arn?.arn ?? `arn:${partition ?? 'aws'}:iam::${accountId ?? '*'}:role${path}${name}`,
  };
}

function pathOf({ path }: Role): Language {
  return path?.language ?? SOME_PATH;
}

function arnsOf({ accountId, partition, name }: Role, path: Language): Language {
  return sequence(
    exactly('arn:'),
    partition === undefined ? PARTITION : exactly(partition),
    exactly(':iam::'),
    accountId === undefined ? ACCOUNT : exactly(accountId),
    exactly(':role'),
    path,
    name.language,
  );
}
