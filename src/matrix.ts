import { thisHost } from './host.ts';
import { runMatrix } from './run-matrix.ts';

await runMatrix(thisHost());
