import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Lab } from '../../lab/lab.ts';

/** The variable with the file in which stand-ins note the calls that a workflow makes. */
export const CALLS = 'CALLS';

const note = `
mark="call-$$-$(date +%s%N)"
said=$(AWS_SDK_UA_APP_ID="$mark" "$@" 2>&1) && code=0 || code=$?
printf '%s\\t%s\\t%s\\n' "$label" "$mark" "$(printf %s "$said" | tr '\\n\\t' '  ')" >>"$CALLS"
printf '%s\\n' "$said"
exit $code`;

const WHOAMI_BY_BOTO3 = path.resolve('__tests__/clients/python/whoami.py');

/**
 * Programs that stand in for those of AWS. Whatever the AWS CLI is asked of any service, the real one asks STS who it is,
 * with the same profile and region; version 2's `export-credentials` is answered by boto3, as is `whoami`. Each call is
 * noted, by what `CALLER` says or else by the words of the command.
 */
export const AWS_PROGRAMS = {
  aws: `
case "$1 $2" in
  "configure export-credentials")
    exec python -c 'import boto3
c = boto3.Session().get_credentials().get_frozen_credentials()
for name, value in (("AWS_ACCESS_KEY_ID", c.access_key), ("AWS_SECRET_ACCESS_KEY", c.secret_key), ("AWS_SESSION_TOKEN", c.token)): print(f"export {name}={value}")' ;;
esac
label=\${CALLER:-aws $1 $2}
options=
while [ $# -gt 0 ]; do
  case "$1" in --profile | --region) options="$options $1 $2" ;; esac
  shift
done
set -- "$REAL_AWS" sts get-caller-identity --output json $options
${note}`,
  whoami: `
label=\${CALLER:-whoami}
set -- python "${WHOAMI_BY_BOTO3}"
${note}`,
};

/**
 * The calls that a workflow made, in their order: `CALLER: ACCOUNT/ROLE in REGION`, or `nobody`. Who it was the client
 * says; the region is the one that it signed for, as STS saw it.
 */
export async function callsIn(file: string, { traffic }: Lab): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [label, mark, said = ''] = line.split('\t');
      const asked = traffic.requests.find(
        ({ operation, headers }) =>
          operation === 'GetCallerIdentity' && headers['user-agent']?.includes(`app/${mark}`),
      );
      const [, account, role] =
        /"Arn": *"arn:[\w-]+:(?:sts|iam)::(\d{12}):(?:assumed-role|user)\/([\w-]+)/.exec(said) ?? [];
      if (asked !== undefined && account !== undefined)
        return `${label}: ${account}/${role} in ${asked.region}`;
      return `${label}: ${/unable to locate credentials/i.test(said) ? 'nobody' : said}`;
    });
}
