// The floor of the post step: clears the variables.
'use strict';
const { GITHUB_ENV } = process.env;
const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_REGION'];
require('node:fs').appendFileSync(GITHUB_ENV, names.map((name) => `${name}=\n`).join(''));
