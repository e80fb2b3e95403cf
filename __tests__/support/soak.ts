/** Whether this is a soak test (`npm run soak`): everything that needs many runs gets them. */
const isSoak = process.env.SOAK === 'true';

/** How often something runs: a sample in the suite, and many times in a soak test. */
export function times(inSuite: number, inSoak: number): number {
  return isSoak ? inSoak : inSuite;
}
