// A preload: writes the peak resident memory of the process in kilobytes, and its CPU time in microseconds, to
// BENCH_USAGE_FILE.
'use strict';
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { peakKilobytes: maxRSS, cpuMicroseconds: userCPUTime + systemCPUTime };
  require('node:fs').writeFileSync(process.env.BENCH_USAGE_FILE, JSON.stringify(usage));
});
