/** `npm run clients`: installs the pinned AWS clients of Python into a folder of the project, and tests with them. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const venv = path.join(root, '.cache/clients');
const requirements = path.join(root, '__tests__/clients/requirements.txt');
const installed = path.join(venv, 'requirements.txt');
const bin = path.join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');

const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: root, stdio: 'inherit' });

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== readFileSync(requirements, 'utf8')) {
  run('python3', '-m', 'venv', '--clear', venv);
  run(path.join(bin, 'pip'), 'install', '--quiet', '--disable-pip-version-check', '-r', requirements);
  copyFileSync(requirements, installed);
}
const jest = path.join(root, 'node_modules/jest/bin/jest.js');
run(
  process.execPath,
  '--experimental-vm-modules',
  '--no-warnings',
  jest,
  '--config',
  '__tests__/clients/jest.config.js',
);
