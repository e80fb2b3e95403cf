import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Lab } from '../../lab/lab.ts';
import { parseAuthorization } from '../../lab/sigv4.ts';
import { type TestJob, type TestJobOptions, withJob } from '../support/harness.ts';

/** A request of a client for a service, as AWS would have it in CloudTrail. */
export interface Seen {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly arn: string;
  readonly userAgent: string;
}

/** The services of AWS besides STS: moto's, for those whose session is valid. */
export interface AwsFront {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** The number of requests with a session that is unknown or has expired. */
  readonly refused: () => number;
  close(): void;
}

/** Starts a server that checks the session of each request, which moto does not, and hands it to moto. */
async function startAwsFront(lab: Lab, moto: string): Promise<AwsFront> {
  const seen: Seen[] = [];
  let refused = 0;

  function callerOf({ headers }: IncomingMessage): Seen | undefined {
    const authorization = parseAuthorization(headers.authorization ?? '');
    const caller = lab.sts.callers.get(authorization?.accessKeyId ?? '');
    if (authorization === undefined || caller === undefined) return undefined;
    const isValid = caller.expiresAt === undefined || caller.expiresAt > Date.now();
    if (!isValid || headers['x-amz-security-token'] !== caller.sessionToken) return undefined;
    const [, region = '', service = ''] = authorization.scope.split('/');
    const userAgent = headers['user-agent'] ?? '';
    return { service, region, account: caller.accountId, arn: caller.arn, userAgent };
  }

  function handle(incoming: IncomingMessage, response: ServerResponse): void {
    const caller = callerOf(incoming);
    if (caller === undefined) {
      refused++;
      incoming.resume();
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end('<Error><Code>ExpiredToken</Code><Message>The session has expired.</Message></Error>');
      return;
    }
    seen.push(caller);
    const { method, headers, url } = incoming;
    const onwards = request(new URL(url ?? '/', moto), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onwards.on('error', (error) => response.destroy(error));
    incoming.pipe(onwards);
  }

  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    refused: () => refused,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Where clients find what they work on: a bucket, and a stack in each region. */
export async function fillMoto(moto: string, regions: readonly string[]): Promise<void> {
  const send = async (service: string, region: string, method: string, path: string, body = '') => {
    const scope = `20260101/${region}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=host, Signature=0`;
    const type = 'application/x-www-form-urlencoded';
    const answer = await fetch(`${moto}${path}`, {
      method,
      headers: { authorization, 'content-type': type },
      ...(body !== '' && { body }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  await send('s3', 'us-east-1', 'PUT', '/state');
  const TemplateBody = JSON.stringify({
    Resources: { Wait: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
    Outputs: { Name: { Value: 'app' } },
  });
  const body = String(new URLSearchParams({ Action: 'CreateStack', StackName: 'app', TemplateBody }));
  for (const region of regions) await send('cloudformation', region, 'POST', '/', body);
}

/** A lab and a job for one test, whose clients find the services of AWS. */
export function withAws(
  options: TestJobOptions,
  moto: string,
  test: (context: TestJob & { readonly front: AwsFront }) => Promise<void>,
): Promise<void> {
  return withJob(options, async (context) => {
    const front = await startAwsFront(context.lab, moto);
    context.job.environment.AWS_ENDPOINT_URL = front.url;
    try {
      await test({ ...context, front });
    } finally {
      front.close();
    }
  });
}
