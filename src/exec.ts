import { cancellation } from './cancellation.ts';
import { thisHost } from './host.ts';
import { runCommand } from './run-command.ts';

await runCommand(thisHost(cancellation));
