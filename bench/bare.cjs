// The floor: the quickest process that makes the same requests, exports the credentials, and does nothing more. CommonJS, as
// an ES module that imports `node:http` evaluates all of it; each built-in module loads when it is needed, and not before.
'use strict';
const {
  ACTIONS_ID_TOKEN_REQUEST_URL: tokenUrl,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
  BENCH_CHAIN = '',
  BENCH_RUN,
  GITHUB_ENV,
} = process.env;
const endpoint = process.env['INPUT_STS-ENDPOINT'];
const { Agent, request: open } = require(tokenUrl.startsWith('https:') ? 'https' : 'http');
const agent = new Agent({ keepAlive: true });

const send = (url, options, body) =>
  new Promise((resolve, reject) => {
    const request = open(url, { agent, ...options }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    request.end(body);
  });

const field = (xml, name) => new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1] ?? '';
const credentialsIn = (xml) =>
  ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((name) => field(xml, name));

function ask(parameters, credentials) {
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
  const { createHash, createHmac } = require('node:crypto');
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

async function main() {
  const { value } = JSON.parse(
    await send(`${tokenUrl}&audience=sts.amazonaws.com`, { headers: { authorization: `bearer ${bearer}` } }),
  );
  let xml = await ask({
    Action: 'AssumeRoleWithWebIdentity',
    RoleArn: process.env['INPUT_ROLE-TO-ASSUME'],
    WebIdentityToken: value,
  });
  for (const RoleArn of BENCH_CHAIN.split(' ').filter(Boolean))
    xml = await ask({ Action: 'AssumeRole', RoleArn }, credentialsIn(xml));
  agent.destroy();
  const [id, secret, token] = credentialsIn(xml);
  const variables = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token };
  if (BENCH_RUN !== undefined) {
    const options = { env: { ...process.env, ...variables }, stdio: 'inherit' };
    require('node:child_process').spawnSync('sh', ['-ec', BENCH_RUN], options);
  } else {
    const lines = Object.entries(variables).map(([name, text]) => `${name}=${text}\n`);
    require('node:fs').appendFileSync(GITHUB_ENV, lines.join(''));
  }
}

void main();
