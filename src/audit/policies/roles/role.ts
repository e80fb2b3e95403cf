import type { TrustPolicy } from '../../../trust/document.ts';
import type { Gap, Position } from '../../model/types.ts';
import type { Value } from '../../texts/value.ts';
import type { Unknowns } from './unknowns.ts';

/** A role with its trust policy, as a file defines it. */
export interface Role {
  /** Undefined where the file does not say. */
  readonly accountId: string | undefined;
  readonly partition: string | undefined;
  /** Begins and ends with a slash; undefined where the file does not say. */
  readonly path: Value | undefined;
  readonly name: Value;
  readonly policy: TrustPolicy;
  /** The unknown parts in the texts of the policy. */
  readonly unknowns: Unknowns;
  /** Where the trust policy begins. */
  readonly at: Position;
  /** The line of each statement of the policy, and of each text in its conditions where the file has lines for them. */
  readonly lines: PolicyLines;
  /** What the file calls the role: an ARN, an address, a logical ID. */
  readonly label: string;
}

/** Lines within a policy. */
export interface PolicyLines {
  readonly statements: readonly number[];
  /** By statement: the lines of texts that conditions compare with, by text. */
  readonly values: readonly ReadonlyMap<string, number>[];
}

/** The roles of a file, what of it is not read, and what is wrong in it. */
export interface RolesOfFile {
  readonly roles: readonly Role[];
  readonly gaps: readonly Gap[];
  /** Trust policies that IAM would not save. */
  readonly invalid: readonly Gap[];
}

/** One role of a file, or why there is none. */
export type RoleResult = { readonly role: Role } | { readonly gap: Gap } | { readonly invalid: Gap };

/** The roles of a file from its results. */
export function rolesOf(results: readonly RoleResult[]): RolesOfFile {
  return {
    roles: results.flatMap((result) => ('role' in result ? [result.role] : [])),
    gaps: results.flatMap((result) => ('gap' in result ? [result.gap] : [])),
    invalid: results.flatMap((result) => ('invalid' in result ? [result.invalid] : [])),
  };
}
