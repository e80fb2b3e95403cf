import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from '../platform/errors.ts';
import { isInside, readRegularFile } from '../platform/files/regular-file.ts';
import { type Claims, decodeClaims } from './claims.ts';
import type { WebIdentity } from './identity.ts';

/** STS API Reference, AssumeRoleWithWebIdentity, WebIdentityToken: 4 to 20000 characters. */
const MAX_TOKEN_CHARACTERS = 20_000;

type TokenFileOptions = {
  readonly path: string;
  readonly workspace: string;
  readonly mask: (secret: string) => void;
};

/** A token in a file. Another program refreshes it there, so each call reads the file again. */
export function tokenFileIdentity(options: TokenFileOptions): WebIdentity {
  let presented: Claims | undefined;
  return {
    kind: 'web-identity',
    async token() {
      const jwt = (await readTokenFile(options)).trim();
      if (jwt !== '') options.mask(jwt);
      const claims = decodeClaims(jwt);
      if (claims === undefined || jwt.length > MAX_TOKEN_CHARACTERS) {
        const expected = `a JSON Web Token of at most ${MAX_TOKEN_CHARACTERS} characters`;
        throw unusable(options.path, `${jwt.length} characters that are not a JSON Web Token`, expected);
      }
      presented = claims;
      return { jwt, claims };
    },
    presented: () => presented,
    tryOtherAudience: () => false,
  };
}

async function readTokenFile({ path: given, workspace }: TokenFileOptions): Promise<string> {
  const file = path.resolve(workspace, given);
  const refused = (found: string, cause?: unknown) =>
    unusable(given, found, 'a regular file, absolute or in the workspace', cause);
  try {
    const folder = await realpath(path.dirname(file));
    const target = await realpath(file);
    // Kubernetes publishes a token as `token -> ..data/token`, which stays in its folder. A link to another place could
    // be planted in the workspace to present another token.
    if (!isInside(folder, target)) throw refused('a symbolic link that leads out of its folder');
    if (!path.isAbsolute(given) && !isInside(await realpath(workspace), target))
      throw refused('a relative path that leads out of the workspace');
    const content = await readRegularFile(target, MAX_TOKEN_CHARACTERS);
    if ('unreadable' in content) throw refused(content.unreadable);
    return content.text;
  } catch (error) {
    if (error instanceof ActionError) throw error;
    const { code } = error as { code?: string };
    throw refused(code === 'ENOENT' ? 'no such file' : `a file that cannot be read (${code})`, error);
  }
}

function unusable(file: string, found: string, expected: string, cause?: unknown): ActionError {
  return new ActionError('TOKEN_FILE_UNUSABLE', {
    problem: `The token file ${file} (web-identity-token-file) cannot be used.`,
    found,
    expected,
    cause,
    remedy: 'Check the path and the program that writes the file. A relative path starts at the workspace.',
  });
}
