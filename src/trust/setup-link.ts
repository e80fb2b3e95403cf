import { DEFAULT_KEYS, EXAMPLE_SETUP, furtherKeys, type JobSetup, type SubjectFormat } from './job-setup.ts';

/** Parts of a setup by their names in the fragment of a link. */
const NAMES = {
  owner: 'owner',
  repository: 'repository',
  'owner-id': 'ownerId',
  'repository-id': 'repositoryId',
  event: 'event',
  ref: 'ref',
  environment: 'environment',
  'called-workflow': 'calledWorkflow',
  subject: 'subject',
  issuer: 'issuer',
  audience: 'audience',
  partition: 'partition',
  account: 'accountId',
  role: 'role',
} as const satisfies Record<string, keyof JobSetup>;

/** The prefix of the value of a claim in a customized subject. */
const CLAIM = 'claim.';
const FORMATS: readonly SubjectFormat[] = ['immutable', 'names', 'text'];
/** Longer values are not from this code. */
const MAX_VALUE = 16_384;

/** Values that a link leaves out. Later versions of the page read links of this one, so they never change. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  event: 'push',
  environment: '',
  'called-workflow': '',
  subject: '',
  issuer: 'https://token.actions.githubusercontent.com',
  audience: 'sts.amazonaws.com',
  partition: 'aws',
  format: 'immutable',
  'subject-claims': '',
  policy: '',
};

/**
 * A setup as the fragment of a URL.
 *
 * @param policy a trust policy to check
 */
export function fragmentOf(setup: JobSetup, policy = ''): string {
  const parts: [string, string][] = [
    ...Object.entries(NAMES).map(([name, part]): [string, string] => [name, setup[part]]),
    ['format', setup.format],
    ['subject-claims', setup.subjectKeys.join()],
    ...furtherKeys(setup).map((key): [string, string] => [CLAIM + key, setup.claims[key] ?? '']),
    ['policy', compact(policy)],
  ];
  return parts
    .filter(([name, value]) => value !== (LEFT_OUT[name] ?? (name.startsWith(CLAIM) ? '' : undefined)))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

/** The setup and the policy in the fragment of a URL. Unknown names and values are ignored. */
export function setupInFragment(fragment: string): { readonly setup: JobSetup; readonly policy: string } {
  const values = new Map<string, string>();
  for (const pair of fragment.replace(/^#/, '').split('&')) {
    const [name = '', ...value] = pair.split('=');
    const text = decode(value.join('='));
    if (text !== undefined && text.length <= MAX_VALUE) values.set(decode(name) ?? '', text);
  }
  const parts = Object.entries(NAMES).map(([name, part]) => [part, values.get(name) ?? EXAMPLE_SETUP[part]]);
  const keys = (values.get('subject-claims') ?? '').split(',').filter((key) => key !== '');
  const claims = [...values].filter(([name]) => name.startsWith(CLAIM));
  const setup: JobSetup = {
    ...EXAMPLE_SETUP,
    ...Object.fromEntries(parts),
    format: FORMATS.find((format) => format === values.get('format')) ?? EXAMPLE_SETUP.format,
    subjectKeys: keys.join() === DEFAULT_KEYS.join() ? [] : keys,
    claims: Object.fromEntries(claims.map(([name, value]) => [name.slice(CLAIM.length), value])),
  };
  return { setup, policy: readable(values.get('policy') ?? '') };
}

/** JSON without white space around its tokens; strings and duplicate keys stay. */
function compact(policy: string): string {
  return policy.replaceAll(/("(?:\\.|[^"\\])*")|\s/g, (_all, string: string | undefined) => string ?? '');
}

/** JSON with indentation. Text that would not stay the same otherwise remains as it is. */
function readable(policy: string): string {
  try {
    const parsed: unknown = JSON.parse(policy);
    return JSON.stringify(parsed) === policy ? JSON.stringify(parsed, undefined, 2) : policy;
  } catch {
    return policy;
  }
}

/**
 * A fragment can contain `:`, `/` and `@` (RFC 3986), which make repositories and refs easier to read. Logs end a link at
 * some of the other characters that it can contain.
 */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll(/%(?:2F|3A|40)/g, decodeURIComponent)
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Undefined for text with an escape that is not valid. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
