/** A process that writes a profile, for the tests of many at once: `writer.ts FILE NAME`. */
import { systemClock } from '../../../src/platform/clock.ts';
import { addSections } from '../../../src/shared-config/edit.ts';
import { changeFile } from '../../../src/shared-config/locked-file.ts';

const [file = '', name = ''] = process.argv.slice(2);
const sections = [{ header: `profile ${name}`, settings: [['region', 'eu-west-1'] as const] }];
const change = (text: string) => addSections(text, sections, name);
await changeFile({ path: file, change, secretBlock: name }, systemClock);
