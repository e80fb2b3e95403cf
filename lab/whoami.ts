/** Prints as whom and in which region a program of a later step calls AWS, as its SDK finds out. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const client = new STSClient();
const { Account, Arn } = await client.send(new GetCallerIdentityCommand());
console.log(JSON.stringify({ Account, Arn, Region: await client.config.region() }, undefined, 2));
