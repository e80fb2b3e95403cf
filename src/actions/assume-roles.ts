import type { Host } from '../platform/host/host.ts';
import { authenticate } from './authenticate.ts';

/** The main step: inputs → config → plan → sessions → guards → delivery → state for the post step. */
export async function assumeRoles(host: Host): Promise<void> {
  await authenticate(host, async () => (await import('../delivery/deliver.ts')).deliver);
}
