/**
 * The built-in modules that Node has not loaded when a program starts. The others cost nothing, and some of them are
 * functions, for which {@link lazyModule} is not made.
 */
const LATE = [
  'async_hooks',
  'child_process',
  'crypto',
  'fs/promises',
  'http',
  'https',
  'net',
  'os',
  'stream/consumers',
  'timers/promises',
  'tls',
  'tty',
  'zlib',
];

const REQUIRED = new RegExp(`module\\.exports = (require\\("(?:node:)?(?:${LATE.join('|')})"\\));`, 'g');

/**
 * Lets built-in modules load at their first use instead of with the file that imports them: `node:crypto` alone takes as
 * long as a quarter of the start of Node, and many a program ends without it.
 *
 * @param code a file of webpack, in which each built-in module is a module of its own
 */
export function withLazyBuiltins(code: string): string {
  const lazy = code.replace(REQUIRED, `module.exports = ${lazyModule.name}(() => $1);`);
  return lazy === code ? code : `${lazy}\n${lazyModule}`;
}

/** A stand-in for a module, which loads the module when one of its exports is read. Its source is part of `dist/`. */
export function lazyModule(load: () => Record<PropertyKey, unknown>): object {
  let loaded: Record<PropertyKey, unknown> | undefined;
  const exports = () => {
    loaded ??= load();
    return loaded;
  };
  return new Proxy(
    {},
    {
      // Webpack asks this of every module that is not its own.
      get: (_, name) => (name === '__esModule' ? undefined : exports()[name]),
      has: (_, name) => name in exports(),
      ownKeys: () => Reflect.ownKeys(exports()),
      getOwnPropertyDescriptor: (_, name) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(exports(), name);
        // A proxy must not show a fixed property that its target does not have.
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
}
