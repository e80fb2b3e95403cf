// The floor of the broker: a server that answers every request with the same credentials. Prints its port.
'use strict';
const answer = JSON.stringify({
  AccessKeyId: 'A'.repeat(20),
  SecretAccessKey: 'S'.repeat(40),
  Token: 'T'.repeat(1000),
  Expiration: new Date(Date.now() + 3_600_000).toISOString(),
});
const server = require('node:http').createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(answer);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
