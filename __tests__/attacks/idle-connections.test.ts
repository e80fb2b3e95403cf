import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { MINIMAL, withJob } from '../support/harness.ts';
import { askEndpoint, brokerOf, pause } from '../support/refresh.ts';

/** Whoever opens connections to the broker and says nothing keeps nobody out. */
const BROKER = { ...MINIMAL, refresh: 'broker' };
/** Nothing, or half a request. */
const HALVES = ['', 'GET /x HTTP/1.1\r\nhost: x\r\n'];

/** Opens connections, and each again that is closed, until it is told to end. */
function hold(port: number, count: number): () => void {
  const open = new Set<Socket>();
  let going = true;
  const begin = (index: number): void => {
    if (!going) return;
    const socket = connect(port, '127.0.0.1', () => socket.write(HALVES[index % HALVES.length] ?? ''));
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      setTimeout(begin, 50, index).unref();
    });
  };
  for (let index = 0; index < count; index++) begin(index);
  return () => {
    going = false;
    for (const socket of open) socket.destroy();
  };
}

test.each([256, 700])(
  '%i idle connections, opened anew when they are closed: every real request is answered',
  (count) =>
    withJob({}, async (context) => {
      await context.uses(BROKER);
      const { port } = await brokerOf(context);
      const end = hold(port, count);
      try {
        await pause(1_000);
        for (let index = 0; index < 40; index++) {
          expect((await askEndpoint(context)).status).toBe(200);
          await pause(50);
        }
        // A step that joins, and the post steps, get through as well.
        const step = await context.uses(BROKER);
        expect(new URL(step.outputs['broker-url'] ?? '').port).toBe(String(port));
        for (const post of await context.finish()) expect(post.log).not.toContain('warning');
      } finally {
        end();
      }
    }),
  60_000,
);

test(
  'of idle connections, those without the token go first',
  () =>
    withJob({}, async (context) => {
      await context.uses(BROKER);
      const { port } = await brokerOf(context);
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = '', AWS_CONTAINER_AUTHORIZATION_TOKEN: token = '' } =
        context.job.environment;
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      let connections = 0;
      const ask = () =>
        new Promise<number | undefined>((resolve, reject) => {
          const asked = request(uri, { agent, headers: { authorization: token } }, (response) => {
            response.resume().on('end', () => resolve(response.statusCode));
          });
          asked.on('socket', (socket) => socket.connecting && connections++);
          asked.on('error', reject).end();
        });
      expect(await ask()).toBe(200);
      const end = hold(port, 600);
      try {
        // Within the time that an idle connection is kept.
        await pause(1_500);
        expect(await ask()).toBe(200);
        expect(connections).toBe(1);
      } finally {
        end();
        agent.destroy();
      }
      await context.finish();
    }),
  60_000,
);
