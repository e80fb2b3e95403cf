// A preload: writes the peak resident memory of the process, in kilobytes, to BENCH_MEMORY_FILE.
import { writeFileSync } from 'node:fs';

process.on('exit', () =>
  writeFileSync(process.env.BENCH_MEMORY_FILE, String(process.resourceUsage().maxRSS)),
);
