import type { Statement } from '../../trust/document.ts';
import type { Role } from '../policies/roles/role.ts';
import { inAccount } from '../policies/roles/unknowns.ts';

/**
 * How a deployed trust policy differs in meaning from the one in a file: the order of statements, keys and values, the
 * case of actions and keys, single values in lists, and Sids make no difference.
 */
export function differencesOf(file: Role, deployed: Role): readonly string[] {
  const { accountId, partition } = deployed;
  const shown = (text: string) => file.unknowns.shown(inAccount(text, accountId, partition));
  const inFile = file.policy.statements.map((statement) => meaningOf(statement, shown));
  const inAws = deployed.policy.statements.map((statement) => meaningOf(statement, (text) => text));
  return [
    ...missing(inFile, inAws).map((text) => `only the file has ${text}`),
    ...missing(inAws, inFile).map((text) => `only the account has ${text}`),
  ];
}

function missing(these: readonly string[], those: readonly string[]): readonly string[] {
  return [...new Set(these)].filter((text) => !those.includes(text));
}

/** The same text for statements with the same meaning. */
function meaningOf(statement: Statement, shown: (text: string) => string): string {
  const { effect, principal, actions, notActions, conditions } = statement;
  const values = (list: readonly string[]) => [...new Set(list.map(shown))].sort().join(' | ');
  const principals =
    typeof principal === 'object'
      ? Object.entries(principal)
          .map(([type, names]) => `${type} ${values(names)}`)
          .sort()
          .join(', ')
      : (principal ?? 'NotPrincipal');
  const parts = [
    `${effect} ${notActions ? 'all but ' : ''}${values(actions.map((action) => action.toLowerCase()))} to ${principals}`,
    ...conditions
      .map(({ operator, key, values: list }) => `${operator} ${key.toLowerCase()} ${values(list)}`)
      .sort(),
  ];
  const [allowance = '', ...ifs] = parts;
  return ifs.length === 0 ? allowance : `${allowance} if ${ifs.join(' and ')}`;
}
