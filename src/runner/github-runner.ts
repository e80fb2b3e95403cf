import * as core from '@actions/core';
import type { Runner } from './runner.ts';

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
  fail: (message) => core.setFailed(message),
  debug: (message) => core.debug(message),
  info: (message) => core.info(message),
  warning: (message) => core.warning(message),
  group: (title, lines) => {
    core.startGroup(title);
    for (const line of lines) core.info(line);
    core.endGroup();
  },
};
