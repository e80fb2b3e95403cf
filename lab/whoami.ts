/**
 * Prints the identity and the region with which the SDK of a later step calls AWS. Each argument is a question, and the
 * output is then a list of answers. A question is a JSON object with optional members: `option`, a profile that the code
 * names; `variable`, a profile in `AWS_PROFILE`; `region`; `app`, an application ID for the user agent. With a number it
 * makes as many calls, half a second apart, and prints how many failed.
 */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

interface Question {
  readonly option?: string;
  readonly variable?: string;
  readonly region?: string;
  readonly app?: string;
}

async function whoami({ option, variable, region, app }: Question): Promise<object> {
  if (app !== undefined) process.env.AWS_SDK_UA_APP_ID = app;
  const before = process.env.AWS_PROFILE;
  if (variable !== undefined) process.env.AWS_PROFILE = variable;
  try {
    const client = new STSClient({
      ...(option !== undefined && { profile: option }),
      ...(region !== undefined && { region }),
    });
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand());
    return { Account, Arn, Region: await client.config.region() };
  } finally {
    if (before === undefined) delete process.env.AWS_PROFILE;
    else process.env.AWS_PROFILE = before;
  }
}

async function answersTo(questions: readonly string[]): Promise<object[]> {
  const answers: object[] = [];
  for (const question of questions) {
    answers.push(await whoami(JSON.parse(question)).catch((error: unknown) => ({ Error: String(error) })));
  }
  return answers;
}

async function many(calls: number): Promise<object> {
  const client = new STSClient({});
  let failures = 0;
  for (let call = 0; call < calls; call++) {
    await client.send(new GetCallerIdentityCommand()).catch((error: unknown) => {
      failures++;
      console.error(String(error));
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return { calls, failures };
}

const words = process.argv.slice(2);
const [first] = words;
if (first === undefined) console.log(JSON.stringify(await whoami({}), undefined, 2));
else if (first.startsWith('{')) console.log(JSON.stringify(await answersTo(words)));
else console.log(JSON.stringify(await many(Number(first))));
