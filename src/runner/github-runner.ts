import { appendFileSync } from 'node:fs';
import * as core from '@actions/core';
import { fitting } from '../annotation.ts';
import type { Runner } from './runner.ts';

/**
 * A line for the log that the runner does not take for a command, whatever text of others is in it. Messages of
 * annotations need none of this: the toolkit escapes them.
 */
function plain(message: string): string {
  return message.replaceAll(/^(\s*)(::|##\[)/gm, '$1\u200B$2');
}

/** GitHub's runner, through its toolkit. The only module that imports `@actions/core`. */
export const gitHubRunner: Runner = {
  input: (name) => core.getInput(name),
  mask: (secret) => {
    if (secret !== '') core.setSecret(secret);
  },
  exportVariable: (name, value) => core.exportVariable(name, value),
  setOutput: (name, value) => core.setOutput(name, value),
  saveState: (name, value) => core.saveState(name, value),
  state: (name) => core.getState(name),
  // The toolkit's own writer works with promises and HTML; a summary is one piece of Markdown here.
  summary: (markdown) => {
    if (process.env.GITHUB_STEP_SUMMARY) appendFileSync(process.env.GITHUB_STEP_SUMMARY, markdown);
  },
  fail: (message) => core.setFailed(fitting(message)),
  debug: (message) => core.debug(message),
  info: (message) => core.info(plain(message)),
  warning: (message) => core.warning(fitting(message)),
  group: (title, lines) => {
    core.startGroup(title);
    for (const line of lines) core.info(plain(line));
    core.endGroup();
  },
};
