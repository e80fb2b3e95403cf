// The baseline: a Node process that makes the same requests, exports the credentials, and does nothing more.
import { createHash, createHmac } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true });
const send = (url, options, body) =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { agent, ...options }, (response) => {
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
  BENCH_CHAIN = '',
  GITHUB_ENV,
} = process.env;
const endpoint = process.env['INPUT_STS-ENDPOINT'];
const { value } = JSON.parse(
  await send(`${tokenUrl}&audience=sts.amazonaws.com`, { headers: { authorization: `bearer ${bearer}` } }),
);
const field = (xml, name) => new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1] ?? '';
const credentialsIn = (xml) =>
  ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((name) => field(xml, name));

async function ask(parameters, credentials) {
  const body = new URLSearchParams({
    Version: '2011-06-15',
    RoleSessionName: 'bench',
    ...parameters,
  }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return send(
    endpoint,
    { method: 'POST', headers: credentials ? sign(headers, body, credentials) : headers },
    body,
  );
}

// Signs a POST request (AWS Signature Version 4).
function sign(headers, body, [id, secret, token]) {
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
  const hash = (text) => createHash('sha256').update(text).digest('hex');
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/eu-west-1/sts/aws4_request`;
  const all = { ...headers, host: new URL(endpoint).host, 'x-amz-date': time, 'x-amz-security-token': token };
  const names = Object.keys(all).sort();
  const canonical = [
    'POST',
    '/',
    '',
    ...names.map((name) => `${name}:${all[name]}`),
    '',
    names.join(';'),
    hash(body),
  ].join('\n');
  const key = scope.split('/').reduce(hmac, `AWS4${secret}`);
  const signature = createHmac('sha256', key)
    .update(['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n'))
    .digest('hex');
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

let xml = await ask({
  Action: 'AssumeRoleWithWebIdentity',
  RoleArn: process.env['INPUT_ROLE-TO-ASSUME'],
  WebIdentityToken: value,
});
for (const RoleArn of BENCH_CHAIN.split(' ').filter(Boolean))
  xml = await ask({ Action: 'AssumeRole', RoleArn }, credentialsIn(xml));
const [id, secret, token] = credentialsIn(xml);
appendFileSync(
  GITHUB_ENV,
  `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\nAWS_SESSION_TOKEN=${token}\n`,
);
agent.destroy();
