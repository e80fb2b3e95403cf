import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { isAlive } from '../../src/platform/processes.ts';
import { HUB, MINIMAL, type TestJob, withJob } from '../support/harness.ts';
import { ACTION_NODE, askEndpoint, brokerOf, refreshFolder, until } from '../support/refresh.ts';

/** A broker dies, and another process takes its port or its number. Neither is told anything, used or ended. */
const BROKER = { ...MINIMAL, refresh: 'broker' };

interface Impostor {
  readonly server: Server;
  /** Everything that was said to it. */
  readonly heard: string[];
}

/** Answers every request as somebody who wants to pass for the broker would. */
async function listenAt(
  port: number,
  answer: (request: IncomingMessage) => object = () => ({ base: '/mine' }),
): Promise<Impostor> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      heard.push(JSON.stringify([request.method, request.url, request.rawHeaders, body]));
      response.end(JSON.stringify(answer(request)));
    });
  });
  // The system keeps the port of a killed process for a moment.
  await until(() => listens(server, port));
  return { server, heard };
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const failed = () => resolve(false);
    server.once('error', failed).listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}

async function killed(context: TestJob): Promise<Awaited<ReturnType<typeof brokerOf>>> {
  const broker = await brokerOf(context);
  process.kill(broker.pid, 'SIGKILL');
  await until(() => !isAlive(broker.pid));
  return broker;
}

/** Writes into the folder that the broker has this number, as if the system had given it to somebody else. */
async function renumber(context: TestJob, pid: number): Promise<void> {
  const file = path.join(await refreshFolder(context), 'broker.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), pid }));
}

function bystander(): { pid: number; end: () => void } {
  const child = spawn(ACTION_NODE, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  return { pid: child.pid ?? 0, end: () => child.kill('SIGKILL') };
}

test('the port of a dead broker: the next step neither tells its token nor exports its URL', () =>
  withJob({}, async (context) => {
    const { job, uses, finish } = context;
    await uses(BROKER);
    const dead = await killed(context);
    // Its process number lives as well, or nobody would be asked at all.
    const folder = await refreshFolder(context);
    await renumber(context, process.pid);
    const { server, heard } = await listenAt(dead.port);
    try {
      const step = await uses({ ...BROKER, 'role-to-assume': HUB });
      expect(step.exitCode).toBe(0);
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = '' } = job.environment;
      expect(new URL(uri).port).not.toBe(String(dead.port));
      expect(step.outputs['broker-url']).not.toContain(`:${dead.port}`);
      expect((await askEndpoint(context)).status).toBe(200);
      await finish();
      for (const secret of [dead.token, dead.control ?? dead.token, folder, ...context.lab.secrets()])
        expect(heard.join('\n')).not.toContain(secret);
    } finally {
      server.close();
    }
  }));

test('the port of a dead broker, asked by a step that takes it for alive: it hears a nonce and nothing else', () =>
  withJob({}, async (context) => {
    const { uses, finish } = context;
    await uses(BROKER);
    const broker = await killed(context);
    const folder = await refreshFolder(context);
    const file = path.join(folder, 'broker.json');
    const { startedAt: _, ...known } = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...known, pid: process.pid }));
    // It gives back what it gets, and proofs of the right form.
    const { server, heard } = await listenAt(broker.port, ({ headers }) => ({
      base: '/mine',
      nonce: headers['x-assume-aws-roles-nonce'],
      proof: headers['x-assume-aws-roles-nonce'],
    }));
    try {
      const step = await uses({ ...BROKER, 'role-to-assume': HUB });
      expect(step.outputs['broker-url']).not.toContain(`:${broker.port}`);
      expect(heard).toHaveLength(1);
      await finish();
      const said = heard.join('\n');
      for (const secret of [broker.token, broker.control, folder]) expect(said).not.toContain(secret);
      expect(said).not.toMatch(/authorization/i);
      expect(heard.every((line) => line.startsWith('["POST","/"'))).toBe(true);
    } finally {
      server.close();
    }
  }));

test.each(['finish', 'logout'] as const)('a process number that was given anew is not ended by %s', (by) =>
  withJob({}, async (context) => {
    await context.uses(BROKER);
    const { port } = await killed(context);
    const other = bystander();
    await renumber(context, other.pid);
    const { server } = await listenAt(port, () => ({}));
    try {
      if (by === 'logout') await context.uses({}, { action: 'logout' });
      await context.finish();
      expect(isAlive(other.pid)).toBe(true);
    } finally {
      other.end();
      server.close();
    }
  }),
);

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a broker that hangs is ended by its number, which is still its own', () =>
  withJob({}, async (context) => {
    await context.uses(BROKER);
    const { pid } = await brokerOf(context);
    process.kill(pid, 'SIGSTOP');
    const [post] = await context.finish();
    expect(post?.exitCode).toBe(0);
    // On a busy machine, a killed process takes a moment to end.
    await until(() => !isAlive(pid));
  }),
);
