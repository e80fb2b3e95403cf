/**
 * Checks everything about a release except publishing it. `release.yml` runs it before it signs, and everybody can run
 * it before: without `--tag`, it makes the commits and the tag of the release in a clone, and checks those.
 *
 *     npm run release:check                                  the release that CHANGELOG.md names first
 *     npm run release:check -- --owner NAME --version 1.2.3  as if both were set; changes only the clone
 *     npm run release:check -- --tag v1.2.3 [--repository OWNER/NAME]   HEAD as the release of this tag
 *     npm run release:check -- --without tests,signatures    leaves checks out, and says so
 *
 * It imports nothing but Node, since it runs before packages are installed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runChecks } from './checks.ts';
import { releaseChecks } from './release-checks.ts';

if (import.meta.main) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { tag: text, repository: text, owner: text, version: text, without: text },
  });
  const work = mkdtempSync(path.join(os.tmpdir(), 'release-check-'));
  try {
    const checks = releaseChecks(path.resolve(import.meta.dirname, '..'), work, values);
    const leftOut = (values.without ?? '').split(',').filter(Boolean);
    if (!(await runChecks(checks, leftOut, (line) => console.log(line)))) process.exitCode = 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
