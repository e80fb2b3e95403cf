/**
 * Prints the identity and the region with which the SDK of a later step calls AWS. Each argument is a question, and the
 * output is then a list of answers. A question is a JSON object with optional members: `option`, a profile that the code
 * names; `variable`, a profile in `AWS_PROFILE`; `region`; `app`, an application ID for the user agent.
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

const questions = process.argv.slice(2).map((text): Question => JSON.parse(text));
if (questions.length === 0) console.log(JSON.stringify(await whoami({}), undefined, 2));
else {
  const answers: object[] = [];
  for (const question of questions) {
    answers.push(await whoami(question).catch((error: unknown) => ({ Error: String(error) })));
  }
  console.log(JSON.stringify(answers));
}
