import { text } from 'node:stream/consumers';
import { steadyClock } from '../platform/clock.ts';
import { thisOutside } from '../platform/host/outside.ts';
import { type BrokerSettings, runBroker } from '../refresh/broker/run-broker.ts';

const settings = JSON.parse(await text(process.stdin)) as BrokerSettings;
// The step that started this process waits for this line.
await runBroker(settings, { ...thisOutside(), clock: steadyClock() }, (port) =>
  process.stdout.end(`${port}\n`),
);
process.exit();
