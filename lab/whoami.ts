/** What a later step of the demo does: asks STS who it is, with nothing but the environment to go by. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const { Account, Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
console.log(JSON.stringify({ Account, Arn, Region: process.env.AWS_REGION }, undefined, 2));
