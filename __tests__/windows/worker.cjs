/**
 * The process that runs the job, as `Runner.Worker.exe` does: on Windows, it starts programs with pipes for their output,
 * and its end is the end of the job. The tests ask it by HTTP, since a pipe cannot lead out of Wine.
 */
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { createServer } = require('node:http');

/** What Windows sets for every process. */
const SYSTEM = ['ComSpec', 'PATH', 'PATHEXT', 'SystemRoot', 'TEMP', 'TMP', 'windir'];
const system = Object.fromEntries(SYSTEM.map((name) => [name, process.env[name]]));

const [portFile, koffi] = process.argv.slice(2);
const kernel = require(koffi).load('kernel32.dll');
const functionOf = (declaration) => kernel.func(declaration);
// The console that all processes of the job share.
functionOf('bool FreeConsole()')();
functionOf('bool AllocConsole()')();
const sendToConsole = functionOf('bool GenerateConsoleCtrlEvent(uint32_t, uint32_t)');
const CTRL_C = 0;
process.on('SIGINT', () => {});

createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const question = JSON.parse(text);
  // As the crash of a runner: without a handler of its own, and without an answer.
  if (question.end) process.kill(process.pid, 'SIGKILL');
  const answer = await run(question);
  response.end(JSON.stringify(answer));
}).listen(0, '127.0.0.1', function () {
  writeFileSync(portFile, String(this.address().port));
});

function run({ program, args, argv0, env, cwd, verbatim, killWhen, cancelWhen }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...system, ...env },
      cwd,
      argv0,
      windowsVerbatimArguments: verbatim,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let isCancelled = false;
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (killWhen !== undefined && stdout.includes(killWhen)) child.kill();
      if (cancelWhen === undefined || isCancelled || !stdout.includes(cancelWhen)) return;
      isCancelled = true;
      sendToConsole(CTRL_C, 0);
    });
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', ({ code }) => resolve({ exitCode: null, signal: null, stdout, stderr: code }));
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
}
