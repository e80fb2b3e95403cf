import { thisOutside } from './outside.ts';
import { credentialProcess } from './refresh/credential-process.ts';

process.exitCode = await credentialProcess(process.argv.slice(2), thisOutside(), {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
});
