import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ACTION_NODE, type StepResult } from '../../lab/job.ts';
import { HUB, MINIMAL, SPOKE, withJob } from '../support/harness.ts';
import { pause } from '../support/refresh.ts';
import { AWS, GO_WHOAMI, PYTHON } from './clients.ts';

const SESSION_SECONDS = 20;
/** More than three lifetimes of a session. */
const SECONDS = 66;

/** Stays up and asks every half second; prints how many calls there were, and how many failed. */
const BOTO3 = `
import boto3, json, time
client = boto3.client("sts")
calls = failures = 0
end = time.time() + ${SECONDS}
while time.time() < end:
    calls += 1
    try:
        assert client.get_caller_identity()["Account"] == "222222222222"
    except Exception as error:
        failures += 1
        print(error)
    time.sleep(0.5)
print(json.dumps({"calls": calls, "failures": failures}))
`;

const JAVASCRIPT = `
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
const client = new STSClient({});
let calls = 0, failures = 0;
const end = Date.now() + ${SECONDS * 1000};
while (Date.now() < end) {
  calls++;
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    if (Account !== '222222222222') throw new Error('account ' + Account);
  } catch (error) {
    failures++;
    console.log(String(error));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
}
console.log(JSON.stringify({ calls, failures }));
`;

const countsOf = ({ stdout }: StepResult): { calls: number; failures: number } =>
  JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');

describe.each(['process', 'broker'])('refresh: %s', (refresh) => {
  test(
    `real clients through a chain of two, sessions of ${SESSION_SECONDS} s, STS away for a while: no call fails`,
    () =>
      withJob({ sessionSeconds: SESSION_SECONDS }, async ({ lab, job, uses, finish }) => {
        const inputs = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE, 'retry-max-attempts': '2' };
        await uses({ ...inputs, 'sts-fallback-regions': 'none', refresh });
        const program = path.resolve(`.cache/clients/loop-${refresh}.mjs`);
        await writeFile(program, JAVASCRIPT);

        const cli = async () => {
          let calls = 0;
          let failures = 0;
          const end = Date.now() + SECONDS * 1000;
          while (Date.now() < end) {
            const step = await job.run(AWS, ['sts', 'get-caller-identity']);
            calls++;
            if (step.exitCode !== 0 || !step.stdout.includes('222222222222')) {
              failures++;
              console.log(step.log);
            }
          }
          return { calls, failures };
        };
        /** Sessions are young for 15 s: the first refresh falls into these seconds, in which no session can be had. */
        const away = async () => {
          await pause(14_000);
          for (const operation of ['AssumeRole', 'AssumeRoleWithWebIdentity']) {
            lab.traffic.inject({
              server: 'sts',
              operation,
              kind: { name: 'status', status: 503 },
              times: 1000,
            });
          }
          await pause(2_500);
          const failed = lab.traffic.requests.filter(({ status }) => status === 503).length;
          lab.traffic.clearFaults();
          return failed;
        };
        const [aws, boto3, javascript, go, failed] = await Promise.all([
          cli(),
          job.run(PYTHON, ['-c', BOTO3]).then(countsOf),
          job.run(ACTION_NODE, [program]).then(countsOf),
          job.run(GO_WHOAMI, [String(SECONDS * 2)]).then(countsOf),
          away(),
        ]);
        const [post] = await finish();
        const [, refreshes = '', failures = ''] =
          /: (\d+) refresh(?:es)?, (\d+) failed/.exec(post?.log ?? '') ?? [];
        console.log(
          `refresh: ${refresh}, ${SECONDS} s with sessions of ${SESSION_SECONDS} s: AWS CLI ${aws.calls} calls, ${aws.failures} failed; boto3 ${boto3.calls}, ${boto3.failures}; JavaScript SDK ${javascript.calls}, ${javascript.failures}; Go SDK ${go.calls}, ${go.failures}; ${refreshes} refreshes, ${failures} failed while STS was away (${failed} requests)`,
        );
        expect({
          aws: aws.failures,
          boto3: boto3.failures,
          javascript: javascript.failures,
          go: go.failures,
        }).toEqual({
          aws: 0,
          boto3: 0,
          javascript: 0,
          go: 0,
        });
        // Several in the life of each session; the AWS CLI is slow on a busy machine.
        expect(Math.min(aws.calls, boto3.calls, javascript.calls, go.calls)).toBeGreaterThan(8);
        expect(Number(refreshes)).toBeGreaterThanOrEqual(3);
        expect(failed).toBeGreaterThan(0);
      }),
    (SECONDS + 60) * 1000,
  );
});
