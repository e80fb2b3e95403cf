import { cleanUp } from './clean-up.ts';
import { thisHost } from './host.ts';

await cleanUp(thisHost());
