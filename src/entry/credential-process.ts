import { cachedAnswer, parseArguments } from '../refresh/credential-process/cached-answer.ts';

const args = parseArguments(process.argv.slice(2));
const out = (text: string) => void process.stdout.write(text);
const answer = cachedAnswer(args, Date.now());
if (answer !== undefined) {
  out(answer);
} else {
  const [{ credentialProcess }, { thisOutside }, { plainText }] = await Promise.all([
    import('../refresh/credential-process/credential-process.ts'),
    import('../platform/host/outside.ts'),
    import('../platform/runner/plain-text.ts'),
  ]);
  // SDKs forward this to the standard error of a later step, which the runner reads.
  const error = (text: string) => void process.stderr.write(plainText(text));
  process.exitCode = await credentialProcess(args, thisOutside(), { out, error });
}
