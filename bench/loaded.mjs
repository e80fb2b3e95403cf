// A preload: writes the number of bytes of the modules that the process loads to BENCH_LOADED_FILE.
import { statSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

let bytes = 0;
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) bytes += statSync(fileURLToPath(url)).size;
    return next(url, context);
  },
});
process.on('exit', () => writeFileSync(process.env.BENCH_LOADED_FILE, String(bytes)));
