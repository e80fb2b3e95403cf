/**
 * Requests the OIDC token of a job, prints its claims, and compares its subject with the one that the code expects.
 * `live.yml` runs it; it needs no packages.
 *
 *     node scripts/live/token.ts [CONTEXT…]    fails unless the context of the subject is one of these
 */
import { decodeClaims } from '../../src/identity/claims.ts';
import { tokenProblems } from './token-problems.ts';

const {
  ACTIONS_ID_TOKEN_REQUEST_URL: url,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
  GITHUB_EVENT_NAME,
} = process.env;
const response = await fetch(`${url}&audience=sts.amazonaws.com`, {
  headers: { authorization: `Bearer ${bearer}` },
});
const { value } = (await response.json()) as { value: string };
console.log(`::add-mask::${value}`);
const claims = decodeClaims(value) ?? {};
console.log(JSON.stringify(claims, undefined, 2));
const contexts = process.argv.slice(2);
const problems = tokenProblems(claims, contexts.length === 0 ? undefined : contexts);
if (claims.event_name !== GITHUB_EVENT_NAME)
  problems.push(`The event of the token is ${claims.event_name}, that of the run ${GITHUB_EVENT_NAME}.`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
