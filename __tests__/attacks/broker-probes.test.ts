import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { isAlive } from '../../src/platform/processes.ts';
import { brokerProof, newSecret, stepProof } from '../../src/refresh/broker/handshake.ts';
import { MINIMAL, type TestJob, withJob } from '../support/harness.ts';
import { askEndpoint, brokerOf, refreshFolder } from '../support/refresh.ts';

/** Probes that the broker has to withstand: whoever lacks a secret can neither end it, nor join it, nor read from it. */
interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, string>;
}

type Ask = (method: string, headers: Record<string, string>, body?: string) => Promise<Answer>;

/** Requests over one connection, as a step makes them. */
function connection(port: number): { ask: Ask; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask: Ask = (method, headers, body = '') =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/', method, headers, agent };
      const asked = request(options, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: JSON.parse(text || '{}') }),
        );
      });
      asked.on('error', reject).end(body);
    });
  return { ask, close: () => agent.destroy() };
}

async function withBroker(
  probe: (broker: Awaited<ReturnType<typeof brokerOf>>, context: TestJob) => Promise<void>,
): Promise<void> {
  await withJob({}, async (context) => {
    await context.uses({ ...MINIMAL, refresh: 'broker' });
    const broker = await brokerOf(context);
    await probe(broker, context);
    expect(isAlive(broker.pid)).toBe(true);
    expect((await askEndpoint(context)).status).toBe(200);
    await context.finish();
    expect(isAlive(broker.pid)).toBe(false);
  });
}

async function greet(ask: Ask): Promise<{ stepNonce: string; brokerNonce: string; proof: string }> {
  const stepNonce = newSecret();
  const { body } = await ask('POST', { 'x-assume-aws-roles-nonce': stepNonce });
  return { stepNonce, brokerNonce: body.nonce ?? '', proof: body.proof ?? '' };
}

test('proofs: of another method, another plan, another port, another secret, the broker’s own, none', () =>
  withBroker(async ({ port, control, token }, context) => {
    const plan = path.join(await refreshFolder(context), 'plan.json');
    const wrong: ((said: { stepNonce: string; brokerNonce: string; proof: string }) => string)[] = [
      (said) => stepProof(control, { port, ...said }, 'PUT', plan),
      (said) => stepProof(control, { port, ...said }, 'DELETE', 'x'),
      (said) => stepProof(control, { ...said, port: port + 1 }, 'DELETE', ''),
      (said) => stepProof(newSecret(), { port, ...said }, 'DELETE', ''),
      (said) => stepProof(token, { port, ...said }, 'DELETE', ''),
      (said) => said.proof,
      () => token,
      () => control,
      () => '',
    ];
    for (const authorization of wrong) {
      const { ask, close } = connection(port);
      const said = await greet(ask);
      expect(said.proof).toBe(brokerProof(control, { port, ...said }));
      expect(await ask('DELETE', { authorization: authorization(said) })).toMatchObject({ status: 401 });
      close();
    }
  }));

test('a proof is good once, and on its own connection', () =>
  withBroker(async ({ port, control }, context) => {
    const plan = path.join(await refreshFolder(context), 'plan.json');
    const one = connection(port);
    const other = connection(port);
    const said = await greet(one.ask);
    const authorization = stepProof(control, { port, ...said }, 'PUT', plan);
    expect((await other.ask('PUT', { authorization }, plan)).status).toBe(401);
    await greet(other.ask);
    expect((await other.ask('PUT', { authorization }, plan)).status).toBe(401);
    expect((await one.ask('PUT', { authorization }, plan)).status).toBe(200);
    expect((await one.ask('PUT', { authorization }, plan)).status).toBe(401);
    one.close();
    other.close();
  }));

test('nonces of another form are not answered, and a plan that is none is not served', () =>
  withBroker(async ({ port, control }) => {
    const { ask, close } = connection(port);
    for (const nonce of ['', 'x', 'x'.repeat(44), `${'x'.repeat(42)}!`]) {
      const answer = await ask('POST', { 'x-assume-aws-roles-nonce': nonce });
      expect(answer.status).toBe(401);
      expect(answer.body).not.toHaveProperty('proof');
    }
    for (const file of ['/etc/passwd', '/dev/null', '/nowhere']) {
      const said = await greet(ask);
      const authorization = stepProof(control, { port, ...said }, 'PUT', file);
      const answer = await ask('PUT', { authorization }, file);
      expect(answer).toMatchObject({ status: 503, body: { code: 'REFRESH_PLAN_UNUSABLE' } });
      expect(JSON.stringify(answer.body)).not.toContain('root:');
    }
    close();
    expect(existsSync('/etc/passwd')).toBe(process.platform !== 'win32');
  }));

test('a page in a browser on the same machine reads no answer, even with the token', () =>
  withBroker(async ({ port, token }) => {
    const page = { origin: 'https://evil.example', 'access-control-request-headers': 'authorization' };
    const { ask, close } = connection(port);
    for (const [headers, expected] of [
      [page, { OPTIONS: 401, GET: 401, POST: 401 }],
      [
        { ...page, authorization: token },
        { OPTIONS: 405, GET: 404, POST: 405 },
      ],
    ] as const) {
      for (const [method, status] of Object.entries(expected)) {
        const answer = await ask(method, headers);
        expect({ method, status: answer.status }).toEqual({ method, status });
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    }
    close();
  }));
