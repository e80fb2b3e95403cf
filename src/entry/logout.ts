import { logOut } from '../actions/log-out.ts';
import { runAction } from '../actions/shell.ts';
import { abortOnCancellation } from '../platform/host/cancellation.ts';
import { thisHost } from '../platform/host/host.ts';

await runAction(thisHost(abortOnCancellation()), logOut);
