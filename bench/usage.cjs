// A preload: writes the peak resident memory of the process in kilobytes, and its CPU time in microseconds, to
// BENCH_USAGE_FILE.
'use strict';
const fs = require('node:fs');

// On Linux, maxRSS includes the process that started this one, before it became Node.
const peakOf = (maxRSS) => {
  try {
    return Number(/^VmHWM:\s*(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return maxRSS;
  }
};

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { peakKilobytes: peakOf(maxRSS), cpuMicroseconds: userCPUTime + systemCPUTime };
  fs.writeFileSync(process.env.BENCH_USAGE_FILE, JSON.stringify(usage));
});
