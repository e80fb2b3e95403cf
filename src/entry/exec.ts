import { runCommand } from '../actions/run-command.ts';
import { cancellation } from '../platform/host/cancellation.ts';
import { thisHost } from '../platform/host/host.ts';

await runCommand(thisHost(cancellation));
