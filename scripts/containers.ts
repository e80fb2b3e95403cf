/**
 * `npm run containers`: tests what each delivery is worth in containers. They are made of namespaces, so that no Docker
 * engine is needed. Without the permission to make namespaces, the tests are skipped.
 *
 *     npm run containers -- --check    exits with code 1 and the reason if the tests cannot run
 */
import { spawnSync } from 'node:child_process';
import { CLIENT_PROGRAMS } from './client-programs.ts';
import { runOrSkip, runTests } from './test-groups.ts';
import { installPythonTools } from './tools.ts';

/**
 * The runner's machine: a network of its own, with the bridge of the containers, and with an address for the servers that
 * are on the internet elsewhere. The bridge keeps its hardware address, which otherwise changes with its containers.
 */
const MACHINE = `set -e
ip link set lo up
ip link add docker0 address 02:42:ac:11:00:01 type bridge
ip address add 172.17.0.1/16 dev docker0
ip link set docker0 up
ip address add 198.51.100.1/32 dev lo
exec "$@"`;

const UNSHARE = ['unshare', '--net', '--mount', 'sh', '-c', MACHINE, 'sh'];

await runOrSkip(reasonToSkip(), async () => {
  await Promise.all([installPythonTools(), CLIENT_PROGRAMS.go.install()]);
  runTests('__tests__/containers', UNSHARE);
});

function reasonToSkip(): string | undefined {
  if (process.platform !== 'linux') return 'containers need Linux';
  const programs = ['unshare', 'nsenter', 'pivot_root', 'ip', 'python3', 'go'];
  const absent = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  if (absent.length > 0) return `${absent.join(', ')} is missing`;
  const [program = '', ...args] = UNSHARE;
  const { status, stderr } = spawnSync(program, [...args, 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `this user may not make namespaces (${stderr.trim().split('\n').at(-1)})`;
}
