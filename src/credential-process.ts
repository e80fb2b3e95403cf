import { cachedAnswer, questionIn } from './refresh/cached-answer.ts';

const question = questionIn(process.argv.slice(2));
const out = (text: string) => void process.stdout.write(text);
const answer = await cachedAnswer(question, Date.now());
if (answer !== undefined) {
  out(answer);
} else {
  const [{ credentialProcess }, { thisOutside }] = await Promise.all([
    import('./refresh/credential-process.ts'),
    import('./outside.ts'),
  ]);
  const error = (text: string) => void process.stderr.write(text);
  process.exitCode = await credentialProcess(question, thisOutside(), { out, error });
}
