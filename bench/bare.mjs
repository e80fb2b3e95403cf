// The floor: a Node process that makes the same two requests and hands the answer on, with nothing else to do.
import { appendFileSync } from 'node:fs';
import http from 'node:http';

const send = (url, options, body) =>
  new Promise((resolve, reject) => {
    const request = http.request(url, options, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    request.end(body);
  });

const {
  ACTIONS_ID_TOKEN_REQUEST_URL: tokenUrl,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
  GITHUB_ENV,
} = process.env;
const audience = 'sts.amazonaws.com';
const { value } = JSON.parse(
  await send(`${tokenUrl}&audience=${audience}`, { headers: { authorization: `bearer ${bearer}` } }),
);
const form = new URLSearchParams({
  Action: 'AssumeRoleWithWebIdentity',
  Version: '2011-06-15',
  RoleArn: process.env['INPUT_ROLE-TO-ASSUME'],
  RoleSessionName: 'bench',
  WebIdentityToken: value,
});
const headers = { 'content-type': 'application/x-www-form-urlencoded' };
const xml = await send(process.env['INPUT_STS-ENDPOINT'], { method: 'POST', headers }, form.toString());
const field = (name) => new RegExp(`<${name}>([^<]*)<`).exec(xml)[1];
for (const [name, tag] of [
  ['AWS_ACCESS_KEY_ID', 'AccessKeyId'],
  ['AWS_SECRET_ACCESS_KEY', 'SecretAccessKey'],
  ['AWS_SESSION_TOKEN', 'SessionToken'],
]) {
  appendFileSync(GITHUB_ENV, `${name}=${field(tag)}\n`);
}
