/** `npm run drop-in`: compares this action with aws-actions/configure-aws-credentials for the same inputs. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root, runTests } from './tools.ts';

const peer = path.resolve(root, '../shared/peer');
if (existsSync(path.join(peer, 'action.yml'))) runTests('__tests__/drop-in');
else console.log('Skipped: a built aws-actions/configure-aws-credentials at ../shared/peer is missing.');
