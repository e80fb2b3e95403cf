/** Whether this is a soak test (`npm run soak`). */
const isSoak = (globalThis as { readonly soak?: boolean }).soak === true;

/** How often something runs: a sample in the suite, and many times in a soak test. */
export function times(inSuite: number, inSoak: number): number {
  return isSoak ? inSoak : inSuite;
}
