import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from '../platform/errors.ts';
import { isInside, readRegularFile } from '../platform/files/regular-file.ts';
import { type Claims, decodeClaims } from './claims.ts';
import type { WebIdentity } from './identity.ts';

/** STS API Reference, AssumeRoleWithWebIdentity, WebIdentityToken: 4 to 20000 characters. */
const MAX_TOKEN_CHARACTERS = 20_000;

export interface TokenFileOptions {
  /** Absolute, or relative to the workspace. */
  readonly path: string;
  readonly workspace: string;
  readonly mask: (secret: string) => void;
}

/** A token that somebody else writes to a file, and renews there: it is read again each time. */
export function tokenFileIdentity(options: TokenFileOptions): WebIdentity {
  let presented: Claims | undefined;
  return {
    kind: 'web-identity',
    async token() {
      const jwt = (await readTokenFile(options)).trim();
      if (jwt !== '') options.mask(jwt);
      const claims = decodeClaims(jwt);
      if (claims === undefined || jwt.length > MAX_TOKEN_CHARACTERS) {
        throw refused(
          options.path,
          `${jwt.length} characters that are no JSON Web Token`,
          'one JSON Web Token',
        );
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
  const expected = 'a regular file with a token, absolute or in the workspace';
  try {
    const folder = await realpath(path.dirname(file));
    const target = await realpath(file);
    // Kubernetes publishes a token as `token -> ..data/token`, which stays in the folder it is named in. A link that
    // leads out could be planted by whoever wrote the workspace, to present somebody else's token.
    if (!isInside(folder, target))
      throw refused(given, 'a symbolic link that leads out of its folder', expected);
    if (!path.isAbsolute(given) && !isInside(await realpath(workspace), target)) {
      throw refused(given, 'a relative path that leads out of the workspace', expected);
    }
    const content = await readRegularFile(target, MAX_TOKEN_CHARACTERS);
    if ('unreadable' in content) throw refused(given, content.unreadable, expected);
    return content.text;
  } catch (error) {
    if (error instanceof ActionError) throw error;
    const { code } = error as { code?: string };
    throw refused(
      given,
      code === 'ENOENT' ? 'no such file' : `a file that cannot be read (${code})`,
      expected,
      error,
    );
  }
}

function refused(file: string, found: string, expected: string, cause?: unknown): ActionError {
  return new ActionError('TOKEN_FILE_UNUSABLE', {
    problem: `The token file ${file} (web-identity-token-file) cannot be used.`,
    found,
    expected,
    remedy: 'Check the path and who writes the file; a token in the workspace is named relative to it.',
    cause,
  });
}
