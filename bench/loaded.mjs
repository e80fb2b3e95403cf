// Loaded before a process that is not measured: leaves how many bytes of programs it loaded in the file of that variable.
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
