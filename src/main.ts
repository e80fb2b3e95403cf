import { cancellation } from './cancellation.ts';
import { thisHost } from './host.ts';
import { run } from './run.ts';

await run(thisHost(cancellation));
