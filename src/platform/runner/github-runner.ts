import { appendFileSync } from 'node:fs';
import * as core from '@actions/core';
import { fitting } from './annotation.ts';
import { plainText, shownForms } from './plain-text.ts';
import type { Runner } from './runner.ts';

const LEVELS = { error: core.error, warning: core.warning, notice: core.notice };

/**
 * GitHub's runner, through its toolkit. The only module that imports `@actions/core`. Printed text can come from others, so
 * all of it goes through `plainText`. That includes annotations, in which the toolkit escapes line breaks but not `##[`.
 */
export const gitHubRunner: Runner = {
  input: (name) => core.getInput(name),
  mask: (secret) => {
    if (secret === '') return;
    for (const form of shownForms(secret)) core.setSecret(form);
  },
  exportVariable: (name, value) => core.exportVariable(name, value),
  setOutput: (name, value) => core.setOutput(name, value),
  saveState: (name, value) => core.saveState(name, value),
  state: (name) => core.getState(name),
  // The toolkit's own writer is asynchronous and made for HTML; a summary is one piece of Markdown here.
  summary: (markdown) => {
    if (process.env.GITHUB_STEP_SUMMARY) appendFileSync(process.env.GITHUB_STEP_SUMMARY, markdown);
  },
  annotate: ({ level, file, line, title, message }) => {
    const place = { file: plainText(file), startLine: line, title: plainText(title) };
    LEVELS[level](fitting(plainText(message)), place);
  },
  fail: (message) => core.setFailed(fitting(plainText(message))),
  debug: (message) => core.debug(plainText(message)),
  info: (message) => core.info(plainText(message)),
  warning: (message) => core.warning(fitting(plainText(message))),
  group: (title, lines) => {
    core.startGroup(plainText(title));
    for (const line of lines) core.info(plainText(line));
    core.endGroup();
  },
};
