/**
 * `npm run clients`: tests the built action with real AWS clients and with moto, and compares docs/compatibility.md with
 * what the clients did.
 *
 *     npm run clients -- --write    writes the page instead
 *     npm run clients -- --all      also with the clients that take many minutes to build
 */
import { rmSync } from 'node:fs';
import { SEEN_FILE } from '../__tests__/clients/seen.ts';
import { installClients } from './client-programs.ts';
import { runTests } from './test-groups.ts';
import { installPythonTools } from './tools.ts';

await Promise.all([installPythonTools(), installClients()]);
// These look for what has been installed.
const { CLIENTS } = await import('../__tests__/clients/clients.ts');
const { updateCompatibility } = await import('./compatibility.ts');

for (const { name, missing } of CLIENTS)
  if (missing !== undefined) console.log(`Skipped: ${name}. It needs ${missing}.`);
rmSync(SEEN_FILE, { force: true });
runTests('__tests__/clients');
updateCompatibility(process.argv.includes('--write'));
