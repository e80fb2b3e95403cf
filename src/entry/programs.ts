/**
 * The programs of `dist/`. They are one module graph, so that the build writes the code that they share only once, and
 * each program loads its own part. `dist/NAME/index.js` is one line that calls {@link start}.
 */
export const PROGRAMS = {
  main: () => import('./main.ts'),
  post: () => import('./post.ts'),
  exec: () => import('./exec.ts'),
  matrix: () => import('./matrix.ts'),
  logout: () => import('./logout.ts'),
  audit: () => import('./audit.ts'),
  'credential-process': () => import('./credential-process.ts'),
  broker: () => import('./broker.ts'),
} as const;

/** The exit code of Node for a module that awaits what never happens. */
const UNFINISHED = 13;

/** Runs a program. A process that has nothing left to do although its program has not finished must not pass as a success. */
export async function start(name: keyof typeof PROGRAMS): Promise<void> {
  const fail = () => {
    process.exitCode ||= UNFINISHED;
  };
  process.on('beforeExit', fail);
  await PROGRAMS[name]();
  process.off('beforeExit', fail);
}
