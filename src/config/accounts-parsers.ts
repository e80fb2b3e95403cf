import type { Parser } from './text-parsers.ts';

/** One line of `account-filter`. */
export interface AccountFilter {
  /** `name`, `id`, or `tag:` with the key of a tag. */
  readonly subject: string;
  /** With IAM's wildcards. */
  readonly pattern: string;
  readonly excludes: boolean;
}

/** Organizations API Reference, "ListAccountsForParent", ParentId. */
const PARENT = /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/;

/** `organization`, or an ID of an organizational unit or a root. */
export const parent: Parser<string> = (value) =>
  value === 'organization' || PARENT.test(value)
    ? { value }
    : {
        expected: 'organization, or IDs of organizational units, such as ou-ab12-cdef3456',
        remedy: 'Copy the ID of the unit from the AWS Organizations console.',
      };

export const accountFilter: Parser<AccountFilter> = (line) => {
  const [, exclusion, subject, pattern = ''] = /^(!?)\s*(name|id|tag:[^=]+?)\s*=\s*(.*)/s.exec(line) ?? [];
  if (subject === undefined) {
    return {
      expected: 'name=, id= or tag:KEY= with a value or a pattern, one per line; ! before it excludes',
      remedy: 'Write for example name=prod-*, tag:stage=prod or !name=*-sandbox.',
    };
  }
  return { value: { subject, pattern, excludes: exclusion !== '' } };
};
