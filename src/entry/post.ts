import { cleanUp } from '../actions/clean-up.ts';
import { runAction } from '../actions/shell.ts';
import { ignoreCancellation } from '../platform/host/cancellation.ts';
import { thisHost } from '../platform/host/host.ts';
import { reportWarning } from '../platform/runner/report.ts';

await runAction(thisHost(ignoreCancellation()), cleanUp, reportWarning);
