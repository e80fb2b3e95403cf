/** `npm run drop-in`: the same inputs through the action that this one replaces and through ours, and what differs. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root, runTests } from './tools.ts';

const peer = path.resolve(root, '../shared/peer');
if (existsSync(path.join(peer, 'action.yml'))) runTests('__tests__/drop-in');
else console.log('Skipped: there is no built aws-actions/configure-aws-credentials at ../shared/peer.');
