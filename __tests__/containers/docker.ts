import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { ACTION } from '../support/documentation.ts';
import type { Answers, DockerRun, Runner } from './runner.ts';

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
}

/** `docker` notes its arguments, and `sudo` runs a program as this user. */
const PROGRAMS = {
  docker: 'printf "%s\\n" "$@" >"$(dirname "$0")/docker-run"',
  sudo: 'exec "$@"',
};

/**
 * Carries out the steps of a recipe. Each container that they start runs clients in place of its command.
 *
 * @returns the callers of the clients, by container
 */
export async function followRecipe(runner: Runner, recipe: string): Promise<readonly Answers[]> {
  const { job, endpoints } = runner;
  const bin = path.join(job.temp, 'bin');
  await mkdir(bin);
  for (const [name, text] of Object.entries(PROGRAMS)) {
    await writeFile(path.join(bin, name), `#!/bin/sh\n${text}\n`);
    await chmod(path.join(bin, name), 0o755);
  }
  const answers: Answers[] = [];
  for (const { uses = '', with: inputs = {}, run } of parse(recipe) as Step[]) {
    if (uses.startsWith('docker://')) answers.push(await runner.dockerStep());
    else if (run === undefined) await succeed(runner.uses({ ...inputs, ...endpoints }));
    else {
      await succeed(job.run('sh', ['-ec', `PATH="$RUNNER_TEMP/bin:$PATH"\n${run}`]));
      const noted = await readFile(path.join(bin, 'docker-run'), 'utf8').catch(() => undefined);
      if (noted === undefined) continue;
      answers.push(await runner.dockerRun(dockerRun(noted.split('\n'), runner)));
      await rm(path.join(bin, 'docker-run'));
    }
    if (uses !== '' && !uses.startsWith('docker://') && !uses.startsWith(`${ACTION}@`)) throw new Error(uses);
  }
  return answers;
}

async function succeed(step: Promise<{ exitCode: number | null; log: string }>): Promise<void> {
  const { exitCode, log } = await step;
  if (exitCode !== 0) throw new Error(log);
}

/** What `docker run` is told to do. */
function dockerRun(words: readonly string[], { jobContainer }: Runner): DockerRun {
  const pass: string[] = [];
  let network: DockerRun['network'] = 'bridge';
  const options = words.slice(1).values();
  for (const word of options) {
    if (!word.startsWith('-')) break;
    if (word === '-e') pass.push(String(options.next().value));
    else if (word === '--network') {
      const name = String(options.next().value);
      if (name.startsWith('container:') && jobContainer !== undefined) network = jobContainer;
      else if (name === 'host') network = 'host';
      else throw new Error(`no network has the name ${name}`);
    } else if (word !== '--rm') throw new Error(`the stand-in for docker does not know ${word}`);
  }
  return { pass, network };
}
