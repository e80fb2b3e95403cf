/**
 * `npm run drop-in`: compares this action with aws-actions/configure-aws-credentials for the same inputs.
 *
 *     npm run drop-in -- --check    exits with code 1 and the reason if the other action is missing
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runOrSkip, runTests } from './test-groups.ts';
import { root } from './tools.ts';

const peer = path.resolve(root, '../shared/peer');
const missing = existsSync(path.join(peer, 'action.yml'))
  ? undefined
  : 'a built aws-actions/configure-aws-credentials at ../shared/peer is missing';
await runOrSkip(missing, () => runTests('__tests__/drop-in'));
