import { thisHost } from './host.ts';
import { logOut } from './log-out.ts';

await logOut(thisHost());
