import { runMatrix } from '../actions/build-matrix.ts';
import { thisHost } from '../platform/host/host.ts';

await runMatrix(thisHost());
