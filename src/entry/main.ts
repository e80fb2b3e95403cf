import { run } from '../actions/assume-roles.ts';
import { cancellation } from '../platform/host/cancellation.ts';
import { thisHost } from '../platform/host/host.ts';

await run(thisHost(cancellation));
