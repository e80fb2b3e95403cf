'use strict';
/**
 * Node.js reads this program first (`--require`), and finds itself on macOS: another platform, no `/proc`, and what open(2)
 * reports there. The folders of a test have to look like those of macOS, too: `withMacJob`.
 */
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

Object.defineProperty(process, 'platform', { value: 'darwin' });

const isHidden = (file) => /^(?:file:\/\/)?\/proc(?:\/|$)/.test(String(file));

function missing(file) {
  return Object.assign(new Error(`ENOENT: no such file or directory, open '${file}'`), { code: 'ENOENT' });
}

/** The numbers of macOS that Node.js has no name for, such as EOPNOTSUPP for a socket. */
function asOnMacOs(error) {
  if (error?.code !== 'ENXIO' || !fs.lstatSync(error.path).isSocket()) return error;
  return Object.assign(error, { code: 'Unknown system error -102' });
}

for (const name of ['openSync', 'readFileSync', 'readdirSync', 'statSync', 'lstatSync', 'existsSync']) {
  const original = fs[name];
  fs[name] = (file, ...rest) => {
    if (isHidden(file) && name === 'existsSync') return false;
    if (isHidden(file)) throw missing(file);
    try {
      return original(file, ...rest);
    } catch (error) {
      throw asOnMacOs(error);
    }
  };
  Object.assign(fs[name], original);
}
for (const name of ['open', 'readFile', 'readdir', 'stat', 'lstat', 'access']) {
  const original = fs.promises[name];
  fs.promises[name] = async (file, ...rest) => {
    if (isHidden(file)) throw missing(file);
    return original(file, ...rest);
  };
}
syncBuiltinESMExports();
