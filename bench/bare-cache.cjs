// The floor of the credential process: prints the credentials of a cache file.
'use strict';
const { session } = JSON.parse(require('node:fs').readFileSync(process.argv[2], 'utf8')).cached;
const { accessKeyId, secretAccessKey, sessionToken, expiration } = session.credentials;
const answer = {
  Version: 1,
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
  SessionToken: sessionToken,
  Expiration: expiration,
};
process.stdout.write(`${JSON.stringify(answer)}\n`);
