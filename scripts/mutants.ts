/**
 * Runs Stryker with its arguments (see `stryker.config.js`), and lists the survivors that nothing explains. Writes the
 * scores of a whole run into `docs/quality.md`. Fails with such a survivor, or below the score that is wanted.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { mutantsScore, unexplainedSurvivors, WANTED_PERCENT, writeQuality } from './quality.ts';
import { root } from './tools.ts';

const args = process.argv.slice(2);
const stryker = path.join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const { status } = spawnSync(process.execPath, [stryker, 'run', ...args], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const unexplained = await unexplainedSurvivors();
for (const { file, line, mutator, from, to } of unexplained)
  console.log(`${file}:${line} ${mutator} is neither found nor explained:\n- ${from}\n+ ${to}`);
if (unexplained.length > 0) process.exitCode = 1;

if (args.length === 0) {
  await writeQuality();
  const score = (await mutantsScore()) ?? 0;
  console.log(`${score.toFixed(1)} % of the mutants are killed; ${WANTED_PERCENT} % are wanted.`);
  if (score < WANTED_PERCENT) process.exitCode = 1;
}
