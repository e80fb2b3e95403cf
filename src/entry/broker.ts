import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { steadyClock } from '../platform/clock.ts';
import { thisOutside } from '../platform/host/outside.ts';
import { type BrokerSettings, runBroker } from '../refresh/broker/run-broker.ts';

const settings = JSON.parse(await text(process.stdin)) as BrokerSettings;
// The step that started this process waits for one line.
const answer = (portOrCode: number | string) => void process.stdout.end(`${portOrCode}\n`);
try {
  await runBroker(settings, { ...thisOutside(), clock: steadyClock() }, answer);
} catch (error) {
  const { code, name } = error as NodeJS.ErrnoException;
  answer(code ?? name);
  await finished(process.stdout);
}
process.exit();
