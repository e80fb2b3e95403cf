import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { errorOf, MINIMAL } from '../support/harness.ts';
import { type UsesOptions, type WindowsJob, withWindowsJob } from './windows-job.ts';

const exec = (job: WindowsJob, inputs: Readonly<Record<string, string>>, options: UsesOptions = {}) =>
  job.uses({ ...MINIMAL, ...inputs }, { action: 'exec', ...options });

describe('cmd', () => {
  test.each(['a', 'my runner', 'R&D', 'größe', '100%', '(x86)', 'a!b', 'a,b;c'])(
    'a runner in %s: the command gets the session, and nothing is left',
    (name) =>
      withWindowsJob(async (job) => {
        const step = await exec(job, {
          shell: 'cmd',
          run: 'set X=1\nif "%AWS_SESSION_TOKEN%"=="" (echo none) else (echo region=%AWS_REGION%, x=%X%)',
        });
        expect(step).toMatchObject({ exitCode: 0, stderr: '' });
        expect(step.stdout).toMatch(/^region=eu-west-1, x=1/m);
        expect(step.stdout).not.toContain('set X');
        expect(step.environment).toEqual({});
        await job.finish();
        expect((await job.files(job.temp)).filter((file) => !file.startsWith('step-'))).toEqual([]);
      }, name),
  );

  test('the exit code of the command is that of the step', () =>
    withWindowsJob(async (job) => {
      // Wine makes 1 of any number after /b.
      expect((await exec(job, { shell: 'cmd', run: 'exit /b 1' })).exitCode).toBe(1);
      expect((await exec(job, { shell: 'cmd', run: 'exit 8' })).exitCode).toBe(8);
      expect((await exec(job, { shell: 'cmd', run: 'no-such-program' })).exitCode).not.toBe(0);
    }));
});

describe('none', () => {
  test('a program in a path with spaces gets its arguments as they are', () =>
    withWindowsJob(async (job) => {
      const run = `"${job.node}" -p "process.argv.slice(1).join('|')" C:\\a\\b.txt "one word" 100%PATH% a&b`;
      const step = await exec(job, { shell: 'none', run: run.replace(`'|'`, '`|`') });
      expect(step).toMatchObject({ exitCode: 0, stderr: '' });
      expect(step.stdout).toContain('C:\\a\\b.txt|one word|100%PATH%|a&b');
    }, 'my runner'));

  test('the command gets neither inputs nor the profile of the job, whatever the case of its name', () =>
    withWindowsJob(async (job) => {
      const run = `"${job.node}" -p "Object.keys(process.env).join()"`;
      const env = { Aws_Profile: 'theirs', aws_container_credentials_full_uri: 'http://127.0.0.1:1' };
      const step = await exec(job, { shell: 'none', run }, { env });
      expect(step.stdout).toContain('AWS_SESSION_TOKEN');
      expect(step.stdout).not.toMatch(/INPUT_|aws_profile|container_credentials/i);
    }));

  test('the exit code of the program is that of the step', () =>
    withWindowsJob(async (job) => {
      const step = await exec(job, { shell: 'none', run: `"${job.node}" -e "process.exit(9)"` });
      expect(step.exitCode).toBe(9);
    }));

  test('a program that is not there is an error', () =>
    withWindowsJob(async (job) => {
      const step = await exec(job, { shell: 'none', run: 'no-such-program' });
      expect(errorOf(step)).toContain('[COMMAND_NOT_STARTED]');
    }));

  test('a batch file, which only a shell can run, is an error that says so', () =>
    withWindowsJob(async (job) => {
      await writeFile(path.join(job.workspace, 'tool.cmd'), '@echo tool\r\n');
      const step = await exec(job, { shell: 'none', run: '.\\tool.cmd' });
      expect(errorOf(step)).toMatch(/\[COMMAND_NOT_STARTED\].*shell: cmd/s);
      expect((await exec(job, { shell: 'cmd', run: '.\\tool.cmd' })).stdout).toContain('tool');
    }));

  test.each(['process', 'broker'])('the command refreshes with %s', (refresh) =>
    withWindowsJob(async (job) => {
      const run = `"${job.node}" -p "[process.env.AWS_PROFILE, process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI].join()"`;
      const step = await exec(job, { shell: 'none', run, refresh });
      expect(step).toMatchObject({ exitCode: 0, stderr: '' });
      expect(step.stdout).toMatch(refresh === 'process' ? /^assume-aws-roles-\w+,/m : /,http:\/\/127/);
      expect((await job.files(job.temp)).filter((file) => !file.startsWith('step-'))).toEqual([]);
    }),
  );
});

describe('PowerShell', () => {
  test.each(['powershell', ''])('powershell starts, as far as Wine has it; shell: "%s"', (shell) =>
    withWindowsJob(async (job) => {
      expect((await exec(job, { shell, run: '$x = 1' })).exitCode).toBe(0);
    }),
  );

  test('pwsh is missing, and an error says so', () =>
    withWindowsJob(async (job) => {
      const step = await exec(job, { shell: 'pwsh', run: '$x = 1' });
      expect(errorOf(step)).toMatch(/pwsh.*\[COMMAND_NOT_STARTED\]|\[COMMAND_NOT_STARTED\].*pwsh/s);
    }));
});

test('the post step removes the files of a step that was ended', () =>
  withWindowsJob(async (job) => {
    await exec(
      job,
      { shell: 'cmd', run: `"${job.node}" -e "console.log(6*7*1000); setTimeout(() => {}, 3000)"` },
      { killWhen: '42000' },
    );
    await job.finish();
    expect((await job.files(job.temp)).filter((file) => !file.startsWith('step-'))).toEqual([]);
  }));
