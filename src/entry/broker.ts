import { text } from 'node:stream/consumers';
import { steadyClock } from '../platform/clock.ts';
import { thisOutside } from '../platform/host/outside.ts';
import { type BrokerSettings, runBroker } from '../refresh/broker.ts';

const settings = JSON.parse(await text(process.stdin)) as BrokerSettings;
// The one line that whoever started us waits for.
await runBroker(settings, { ...thisOutside(), clock: steadyClock() }, (port) =>
  process.stdout.end(`${port}\n`),
);
process.exit();
