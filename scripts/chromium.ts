/** Chromium for the tests of the page. Debian's package is installed where root may do so. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { installDebianPackages } from './tools.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The path of a browser; undefined if there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The path of a browser, after an attempt to install it; undefined if that is not possible. */
export function installChromium(): string | undefined {
  const found = findChromium();
  if (found !== undefined || process.platform !== 'linux' || process.getuid?.() !== 0) return found;
  installDebianPackages('chromium', 'fonts-liberation');
  return findChromium();
}
