import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { MINIMAL } from '../support/harness.ts';
import { until } from '../support/refresh.ts';
import { windowsPath, withWindowsJob } from './windows-job.ts';

const PROFILE = { ...MINIMAL, 'aws-profile': 'dev' };
const BEFORE = '[default]\r\nregion = eu-west-3\r\n';

test('a file that another program reads is replaced', () =>
  withWindowsJob(async (job) => {
    const config = path.join(job.home, '.aws/config');
    await mkdir(path.dirname(config));
    await writeFile(config, BEFORE);
    const reader = job.script(
      `const fs = require('fs'); const file = ${JSON.stringify(windowsPath(config))}; const opened = fs.openSync(file);` +
        // Until the step has written the new file, and wants to replace the old one.
        "const isReady = () => fs.readdirSync(require('path').dirname(file)).some((name) => /^.assume-aws-roles-/.test(name));" +
        'const look = () => isReady() ? setTimeout(() => fs.closeSync(opened), 300) : setTimeout(look, 5); look();',
    );
    const step = await job.uses(PROFILE);
    expect(step).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await readFile(config, 'utf8')).toContain('[profile dev]');
    await reader;
    await job.finish();
    expect(await readFile(config, 'utf8')).toBe(BEFORE);
  }));

test('the lock of a process that has ended does not stop the step', () =>
  withWindowsJob(async (job) => {
    const { stdout } = await job.script('console.log(require("os").hostname(), process.pid, "nonce")');
    const config = path.join(job.home, '.aws/config');
    await mkdir(path.dirname(config));
    await writeFile(`${config}.assume-aws-roles.lock`, stdout.trim());
    const step = await job.uses(PROFILE);
    expect(step).toMatchObject({ exitCode: 0, stderr: '' });
    await job.finish();
    expect(await job.files(job.home)).toEqual([]);
  }));

test('the step waits for the lock of a process that is alive', () =>
  withWindowsJob(async (job) => {
    const lock = path.join(job.home, '.aws/config.assume-aws-roles.lock');
    await mkdir(path.dirname(lock));
    const holder = job.script(
      `const fs = require('fs'); const file = ${JSON.stringify(windowsPath(lock))};` +
        "fs.writeFileSync(file, require('os').hostname() + ' ' + process.pid + ' nonce');" +
        "setTimeout(() => { fs.appendFileSync(file + '.held', String(fs.existsSync(file))); fs.rmSync(file); }, 2500);",
    );
    await until(async () => (await readFile(lock, 'utf8').catch(() => '')) !== '');
    const step = await job.uses(PROFILE);
    await holder;
    expect(await readFile(`${lock}.held`, 'utf8')).toBe('true');
    expect(step).toMatchObject({ exitCode: 0, stderr: '' });
  }));

test('steps that write profiles at the same time all find theirs', () =>
  withWindowsJob(async (job) => {
    const config = path.join(job.home, '.aws/config');
    await mkdir(path.dirname(config));
    await writeFile(config, BEFORE);
    const names = ['one', 'two', 'three'];
    const steps = await Promise.all(
      names.map((name) => job.uses({ ...MINIMAL, 'aws-profile': name }, { isOneOfMany: true })),
    );
    expect(steps.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(names.map(() => [0, '']));
    const text = await readFile(config, 'utf8');
    for (const name of names) expect(text).toContain(`[profile ${name}]\r\n`);
    await job.finish();
    expect(await readFile(config, 'utf8')).toBe(BEFORE);
  }));

test.each([
  ['before it has asked', '::add-mask::'],
  ['after the delivery', 'AWS_SECRET_ACCESS_KEY'],
])('the post step removes what a step left that was ended %s', (_when, text) =>
  withWindowsJob(async (job) => {
    await job.uses(PROFILE, { killWhen: text });
    await job.finish();
    expect(await job.files(job.home)).toEqual([]);
  }),
);
