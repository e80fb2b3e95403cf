import { cleanUp } from './clean-up.ts';
import { thisHost } from './host.ts';

// Whoever cancels the job now would leave half of what is to be removed; the work takes milliseconds.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
await cleanUp(thisHost());
