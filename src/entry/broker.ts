import { text } from 'node:stream/consumers';
import { steadyClock } from '../platform/clock.ts';
import { thisOutside } from '../platform/host/outside.ts';
import { type BrokerSettings, runBroker } from '../refresh/broker/run-broker.ts';

const settings = JSON.parse(await text(process.stdin)) as BrokerSettings;
// The step that started this process waits for one line.
const answer = (portOrCode: number | string) =>
  new Promise<void>((resolve) => process.stdout.end(`${portOrCode}\n`, () => resolve()));
await runBroker(settings, { ...thisOutside(), clock: steadyClock() }, answer).catch(
  (error: NodeJS.ErrnoException) => answer(error.code ?? error.name),
);
process.exit();
