import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { errorOf, MINIMAL, withJob } from '../support/harness.ts';

/** What an answer holds that nobody has masked. */
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const FRAME = `x\n    at ${SECRET} (file:///dist/main/index.js:1:1)\n    at ${SECRET}:1:1`;
const DATE = '2030-01-01T00:00:00Z';

const session = (expiration: string, requestId = 'r', extra = '') =>
  `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><AssumedRoleUser><Arn>arn:aws:sts::111111111111:assumed-role/deploy/x</Arn><AssumedRoleId>AROAX:x</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>a</SecretAccessKey><SessionToken>b</SessionToken><Expiration>${expiration}</Expiration></Credentials>${extra}</AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`;
const failure = (code: string, message: string) =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${SECRET}</RequestId></ErrorResponse>`;

const ANSWERS: readonly (readonly [what: string, status: number, body: string])[] = [
  ['in Expiration', 200, session(SECRET)],
  ['in Expiration, with frames of a stack', 200, session(FRAME)],
  ['in a number', 200, session(DATE, 'r', `<PackedPolicySize>${SECRET}</PackedPolicySize>`)],
  ['in the id of the request', 200, session(DATE, SECRET)],
  ['in text that is no XML', 200, SECRET],
  ['in XML that is broken', 200, `<a>&${SECRET};</b><${SECRET}`],
  ['in the code of an error', 403, failure(SECRET, 'x')],
  ['in the message of an error', 403, failure('AccessDenied', FRAME)],
  ['in the page of a proxy', 502, `<html>${SECRET}</html>`],
];

describe('a secret in an answer of STS reaches no debug line', () => {
  test.each(ANSWERS)('%s', async (_what, status, body) => {
    const server = createServer((_request, response) =>
      response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': SECRET }).end(body),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      await withJob({}, async ({ uses }) => {
        const inputs = { ...MINIMAL, 'sts-endpoint': `http://127.0.0.1:${port}`, 'disable-retry': 'true' };
        const step = await uses(inputs, { env: { RUNNER_DEBUG: '1' } });
        const debug = step.commands
          .filter(({ command }) => command === 'debug')
          .map(({ message }) => message);
        expect(debug.join('\n')).toContain('AssumeRoleWithWebIdentity for');
        expect(debug.join('\n')).not.toContain(SECRET.slice(0, 8));
        // A failure still tells the place in the code.
        if (status === 200 && step.exitCode === 1) expect(debug.join('\n')).toMatch(/ at [\w.]+js:\d+:\d+/);
      });
    } finally {
      server.close();
    }
  });
});

const posix = process.platform === 'win32' ? test.skip : test;

posix('what a credential process of the environment says is not told', () =>
  withJob({ idToken: false }, async ({ job, uses }) => {
    const program = path.join(job.home, 'process');
    await mkdir(path.join(job.home, '.aws'));
    await writeFile(path.join(job.home, '.aws/config'), `[default]\ncredential_process = ${program}\n`);
    for (const script of [
      `echo '${SECRET}' >&2; exit 1`,
      `echo '${SECRET}'`,
      `echo '{"Version":1,"x":"${SECRET}'`,
    ]) {
      await writeFile(program, `#!/bin/sh\n${script}\n`);
      await chmod(program, 0o700);
      const step = await uses({ ...MINIMAL, auth: 'ambient' }, { env: { RUNNER_DEBUG: '1' } });
      expect(errorOf(step)).toContain('[NO_CREDENTIALS]');
      expect(step.stdout + step.stderr).not.toContain(SECRET);
    }
  }),
);

test('no stack of an error is printed but by the one function that leaves messages out', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const readers = files.filter((file) => /\.stack\b/.test(readFileSync(path.join('src', file), 'utf8')));
  expect(readers).toEqual([]);
});
