import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/platform/clock.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import {
  hasDefaultProfile,
  type Profile,
  planEmptyDefault,
  planWriting,
  removeProfiles,
  sharedConfigPaths,
  type WrittenProfiles,
  writeEmptyDefault,
  writeProfiles,
} from '../../../src/shared-config/profiles.ts';

let home: string;
let config: string;
let credentials: string;
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'profiles-'));
  config = path.join(home, '.aws', 'config');
  credentials = path.join(home, '.aws', 'credentials');
});
afterEach(() => rmSync(home, { recursive: true }));

const env = () => ({ HOME: home });
const read = (file: string) => readFileSync(file, 'utf8');
const modeOf = (file: string) => statSync(file).mode & 0o777;

/** The text of a file, written with its folder. */
function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const KEYS = {
  accessKeyId: 'AKIAX',
  secretAccessKey: 'secret',
  sessionToken: undefined,
  expiration: undefined,
};
const profile = (name: string, rest: Partial<Profile> = {}): Profile => ({
  name,
  region: 'eu-west-1',
  source: KEYS,
  settings: [],
  ...rest,
});

/** Writes profiles and returns where. */
async function writeAll(profiles: readonly Profile[], overwrite = false): Promise<WrittenProfiles> {
  const place = planWriting(env());
  await writeProfiles(profiles, place, overwrite, systemClock);
  return place;
}

const remove = (place: WrittenProfiles) => removeProfiles(place, systemClock);

/** The error that `work` rejects with. */
async function errorOf(work: Promise<unknown>): Promise<ActionError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ActionError) return error;
  throw error ?? new Error('nothing failed');
}

describe('the shared config files', () => {
  const paths = (variables: Record<string, string>) => sharedConfigPaths(variables);
  const inHome = (folder: string) => ({
    config: path.join(folder, '.aws', 'config'),
    credentials: path.join(folder, '.aws', 'credentials'),
  });

  test.each<[Record<string, string>, object]>([
    [{ HOME: '/home/me' }, inHome('/home/me')],
    [{ HOME: '/home/me', USERPROFILE: 'C:\\me' }, inHome('/home/me')],
    [{ HOME: '', USERPROFILE: '/users/me' }, inHome('/users/me')],
    [
      { HOME: '/home/me', AWS_CONFIG_FILE: '/a/config' },
      { ...inHome('/home/me'), config: '/a/config' },
    ],
    [
      { HOME: '/home/me', AWS_SHARED_CREDENTIALS_FILE: '~/keys' },
      { ...inHome('/home/me'), credentials: path.join('/home/me', 'keys') },
    ],
    [
      { HOME: '/home/me', AWS_CONFIG_FILE: '~\\x', AWS_SHARED_CREDENTIALS_FILE: '~' },
      { config: path.join('/home/me', '\\x'), credentials: path.join('/home/me', '.') },
    ],
    [
      { AWS_CONFIG_FILE: '~me/config', AWS_SHARED_CREDENTIALS_FILE: 'a/~/b' },
      { config: '~me/config', credentials: 'a/~/b' },
    ],
  ])('of %j', (variables, expected) => {
    expect(paths(variables)).toEqual(expected);
  });

  test.each([{}, { AWS_CONFIG_FILE: '/a/config' }, { HOME: '', USERPROFILE: '' }])(
    'need a home folder with %j',
    async (variables) => {
      const error = await errorOf(Promise.resolve().then(() => paths(variables)));
      expect(error.code).toBe('PROFILE_FILE_REFUSED');
      expect(error.details).toEqual({
        problem: 'Profiles cannot be written: the job has no home folder.',
        found: 'neither HOME nor USERPROFILE',
        expected: 'a home folder, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE',
        remedy: 'Set HOME, or set both variables to files outside the workspace.',
      });
    },
  );
});

describe('the plan to write', () => {
  test('has the files and folders to make', () => {
    const { id, ...plan } = planWriting(env());
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    expect(plan).toEqual({
      files: [credentials, config],
      made: [credentials, config, path.dirname(config)],
    });
    expect(planWriting(env()).id).not.toBe(id);
  });

  test('has all folders above both files', () => {
    const [a, b] = [path.join(home, 'a'), path.join(home, 'b')];
    const files = {
      AWS_SHARED_CREDENTIALS_FILE: path.join(a, 'x', 'keys'),
      AWS_CONFIG_FILE: path.join(b, 'c'),
    };
    expect(planWriting({ ...env(), ...files }).made).toEqual([
      files.AWS_SHARED_CREDENTIALS_FILE,
      files.AWS_CONFIG_FILE,
      path.join(a, 'x'),
      a,
      b,
    ]);
  });
});

describe('written profiles', () => {
  test('have their keys in the one file, and their settings in the other', async () => {
    const { id } = await writeAll([
      profile('a', { source: { ...KEYS, sessionToken: 'token' }, settings: [['output', 'json']] }),
      profile('default', { region: 'us-east-1' }),
    ]);
    expect(read(credentials)).toBe(
      [
        `# >>> assume-aws-roles ${id}`,
        '[a]',
        'aws_access_key_id = AKIAX',
        'aws_secret_access_key = secret',
        'aws_session_token = token',
        '[default]',
        'aws_access_key_id = AKIAX',
        'aws_secret_access_key = secret',
        `# <<< assume-aws-roles ${id}`,
        '',
      ].join('\n'),
    );
    expect(read(config)).toBe(
      [
        `# >>> assume-aws-roles ${id}`,
        '[profile a]',
        'region = eu-west-1',
        'output = json',
        '[default]',
        'region = us-east-1',
        `# <<< assume-aws-roles ${id}`,
        '',
      ].join('\n'),
    );
  });

  test('that a program refreshes have no keys', async () => {
    const source = { credentialProcess: '/bin/refresh "a b"' };
    const { id } = await writeAll([profile('a', { source, settings: [['output', 'json']] })]);
    expect(existsSync(credentials)).toBe(false);
    expect(read(config)).toBe(
      [
        `# >>> assume-aws-roles ${id}`,
        '[profile a]',
        'region = eu-west-1',
        'credential_process = /bin/refresh "a b"',
        'output = json',
        `# <<< assume-aws-roles ${id}`,
        '',
      ].join('\n'),
    );
  });

  test('without keys leave an empty credentials file as it is', async () => {
    write(credentials, '');
    await writeAll([profile('a', { source: { credentialProcess: 'refresh' } })]);
    expect(read(credentials)).toBe('');
  });

  test('hide the keys from other users, and only these', async () => {
    for (const file of [config, credentials]) {
      write(file, '[other]\nregion = eu-west-1\n');
      chmodSync(file, 0o644);
    }
    await writeAll([profile('a')]);
    expect([modeOf(credentials), modeOf(config)]).toEqual([0o600, 0o644]);
  });
});

describe('a profile that exists', () => {
  test.each([
    ['config', '[profile a]\nregion = eu-west-2\n', 'profile a'],
    ['credentials', '[b]\naws_access_key_id = x\n', 'b'],
  ])('in the file %s is kept', async (name, text, header) => {
    const file = path.join(home, '.aws', name);
    write(file, text);
    const error = await errorOf(writeAll([profile('a'), profile('b')]));
    expect(error.code).toBe('PROFILE_EXISTS');
    expect(error.details).toEqual({
      problem: `The profile in aws-profile already exists: [${header}] in ${file}.`,
      found: 'a section of that name',
      expected: 'a new name, or overwrite-aws-profile: true',
      remedy:
        'Choose another name, or set overwrite-aws-profile: true. The post step then restores the section.',
    });
    expect(read(file)).toBe(text);
  });

  test('can be replaced until the job ends', async () => {
    write(config, '[profile a]\nregion = eu-west-2\n[profile z]\n');
    write(credentials, '[a]\naws_access_key_id = x\n');
    const before = [read(config), read(credentials)];
    const place = await writeAll([profile('a')], true);
    expect(read(config)).toContain(`# --- assume-aws-roles ${place.id}: region = eu-west-2\n[profile z]\n`);
    expect(await remove(place)).toEqual([credentials, config]);
    expect([read(config), read(credentials)]).toEqual(before);
  });

  test('in the credentials file does not hide a profile that a program refreshes', async () => {
    write(credentials, '[a]\naws_access_key_id = x\n');
    chmodSync(credentials, 0o600);
    const { id } = await writeAll([profile('a', { source: { credentialProcess: 'refresh' } })], true);
    expect(read(credentials)).toBe(
      [
        `# --- assume-aws-roles ${id}: [a]`,
        `# --- assume-aws-roles ${id}: aws_access_key_id = x`,
        `# >>> assume-aws-roles ${id}`,
        `# <<< assume-aws-roles ${id}`,
        '',
      ].join('\n'),
    );
  });
});

describe('the removal', () => {
  test('leaves no file and no folder that was not there before', async () => {
    const deep = path.join(home, 'x');
    const files = {
      AWS_SHARED_CREDENTIALS_FILE: path.join(deep, 'a', 'keys'),
      AWS_CONFIG_FILE: path.join(deep, 'b', 'c', 'config'),
    };
    const place = planWriting(files);
    await writeProfiles([profile('a')], place, false, systemClock);
    expect(readdirSync(deep).sort()).toEqual(['a', 'b']);
    expect(await remove(place)).toEqual(place.files);
    expect(readdirSync(home)).toEqual([]);
    expect(await remove(place)).toEqual([]);
  });

  test('leaves files that were there before, even empty ones, with their permissions', async () => {
    for (const file of [config, credentials]) {
      write(file, '');
      chmodSync(file, 0o644);
    }
    await remove(await writeAll([profile('a')]));
    expect([read(config), read(credentials)]).toEqual(['', '']);
    expect([modeOf(config), modeOf(credentials)]).toEqual([0o644, 0o644]);
  });

  test('leaves what others added, and their files beside it', async () => {
    const place = await writeAll([profile('a')]);
    writeFileSync(config, `${read(config)}[profile late]\nregion = x\n`);
    writeFileSync(path.join(home, '.aws', 'other'), '');
    expect(await remove(place)).toEqual([credentials, config]);
    expect(readdirSync(path.dirname(config)).sort()).toEqual(['config', 'other']);
    expect(read(config)).toBe('[profile late]\nregion = x\n');
  });

  test('returns the files that had a block of that step only', async () => {
    const first = await writeAll([profile('a', { source: { credentialProcess: 'refresh' } })]);
    const second = await writeAll([profile('b')]);
    expect(await remove(first)).toEqual([config]);
    expect(read(config)).toContain('[profile b]');
    expect(await remove(first)).toEqual([]);
    expect(await remove(second)).toEqual([credentials, config]);
  });

  test('removes what killed processes left beside the files', async () => {
    const place = await writeAll([profile('a')]);
    writeFileSync(path.join(path.dirname(config), '.assume-aws-roles-4194304-x'), 'secret');
    writeFileSync(`${config}.assume-aws-roles.lock`, `${os.hostname()} 4194303 abc`);
    await remove(place);
    expect(readdirSync(home)).toEqual([]);
  });

  test('makes no folder', async () => {
    const folder = path.join(home, 'absent');
    const files = [path.join(folder, 'keys'), path.join(folder, 'config')] as const;
    expect(await remove({ id: 'abc', files, made: [] })).toEqual([]);
    expect(readdirSync(home)).toEqual([]);
  });

  describe('of a file that cannot be changed', () => {
    /** A place whose config file is `link`, made by `make`. */
    function placeOf(make: (link: string) => void): WrittenProfiles {
      const link = path.join(home, 'links', 'config');
      mkdirSync(path.dirname(link));
      make(link);
      return { id: 'abc', files: [path.join(home, 'keys'), link], made: [] };
    }
    const BLOCK = '# >>> assume-aws-roles abc\n[a]\n# <<< assume-aws-roles abc\n';
    const target = () => path.join(home, 'target');

    test.each<[string, (link: string) => void]>([
      ['a link to nothing', (link) => symlinkSync(target(), link)],
      ['a folder', (link) => mkdirSync(link)],
      [
        'a link to a file without the block',
        (link) => {
          writeFileSync(target(), BLOCK.replaceAll('abc', 'other'));
          symlinkSync(target(), link);
        },
      ],
    ])('is not needed: %s has no block', async (_what, make) => {
      const place = placeOf(make);
      const leftover = path.join(home, 'links', '.assume-aws-roles-4194304-x');
      writeFileSync(leftover, 'secret');
      expect(await remove(place)).toEqual([]);
      expect(existsSync(leftover)).toBe(false);
    });

    test.each<[string, (link: string) => void]>([
      [
        'a link to a file with the block',
        (link) => {
          writeFileSync(target(), BLOCK);
          symlinkSync(target(), link);
        },
      ],
      ['a link to itself', (link) => symlinkSync(link, link)],
    ])('fails: %s may have a block', async (_what, make) => {
      expect((await errorOf(remove(placeOf(make)))).code).toBe('PROFILE_FILE_REFUSED');
    });
  });
});

describe('an empty default profile', () => {
  test('is written where no file has one, and removed again', async () => {
    const place = planEmptyDefault(env());
    expect(place).toEqual({ ...planWriting(env()), id: 'default' });
    await writeEmptyDefault(place, systemClock);
    expect(existsSync(credentials)).toBe(false);
    expect(read(config)).toBe('# >>> assume-aws-roles default\n[default]\n# <<< assume-aws-roles default\n');
    expect(await remove(place)).toEqual([config]);
    expect(readdirSync(home)).toEqual([]);
  });

  test('is no secret', async () => {
    write(config, '[profile a]\n');
    chmodSync(config, 0o644);
    await writeEmptyDefault(planEmptyDefault(env()), systemClock);
    expect(modeOf(config)).toBe(0o644);
  });

  test('makes way for a profile of that name, and for no other', async () => {
    await writeEmptyDefault(planEmptyDefault(env()), systemClock);
    await writeAll([profile('a')]);
    expect(read(config)).toContain('[default]');
    await writeAll([profile('b'), profile('default', { region: 'eu-north-1' })]);
    expect(read(config).match(/^\[.*\]$/gm)).toEqual(['[profile a]', '[profile b]', '[default]']);
    expect(read(config)).not.toContain('assume-aws-roles default');
  });

  test.each([
    ['config', '[profile a]\n', false],
    ['config', '[default]\nregion = x\n', true],
    ['credentials', '[default]\n', true],
    ['credentials', '[a]\n', false],
  ])('is not needed with the file %s of text %j: %j', (name, text, expected) => {
    expect(hasDefaultProfile(env())).toBe(false);
    write(path.join(home, '.aws', name), text);
    expect(hasDefaultProfile(env())).toBe(expected);
  });
});
