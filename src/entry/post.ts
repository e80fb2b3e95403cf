import { cleanUp } from '../actions/clean-up.ts';
import { thisHost } from '../platform/host/host.ts';

// Whoever cancels the job now would leave half of what is to be removed; the work takes milliseconds.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
await cleanUp(thisHost());
