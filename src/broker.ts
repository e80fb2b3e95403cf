import { text } from 'node:stream/consumers';
import { thisOutside } from './outside.ts';
import { type BrokerSettings, runBroker } from './refresh/broker.ts';

const settings = JSON.parse(await text(process.stdin)) as BrokerSettings;
// The one line that whoever started us waits for.
await runBroker(settings, thisOutside(), (port) => process.stdout.end(`${port}\n`));
process.exit();
