// Loaded before a measured process: leaves its peak of resident memory, in kilobytes, in the file of that variable.
import { writeFileSync } from 'node:fs';

process.on('exit', () =>
  writeFileSync(process.env.BENCH_MEMORY_FILE, String(process.resourceUsage().maxRSS)),
);
