import { logOut } from '../actions/log-out.ts';
import { thisHost } from '../platform/host/host.ts';

await logOut(thisHost());
