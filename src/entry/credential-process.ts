import { cachedAnswer, questionIn } from '../refresh/cached-answer.ts';

const question = questionIn(process.argv.slice(2));
const out = (text: string) => void process.stdout.write(text);
const answer = await cachedAnswer(question, Date.now());
if (answer !== undefined) {
  out(answer);
} else {
  const [{ credentialProcess }, { thisOutside }, { plainText }] = await Promise.all([
    import('../refresh/credential-process.ts'),
    import('../platform/host/outside.ts'),
    import('../platform/runner/plain-text.ts'),
  ]);
  // SDKs pass this on to the standard error of a later step, which the runner reads.
  const error = (text: string) => void process.stderr.write(plainText(text));
  process.exitCode = await credentialProcess(question, thisOutside(), { out, error });
}
