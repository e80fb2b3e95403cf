import {
  FEDERATION_NAME,
  MAX_INLINE_POLICY_CHARACTERS,
  MAX_MANAGED_POLICIES,
  MAX_ROLE_SECONDS,
  MIN_SESSION_SECONDS,
} from '../src/aws/limits.ts';
import { MIN_CUT_SECONDS } from '../src/config/aws-parsers.ts';
import { type Action, INPUTS, type InputName } from '../src/config/inputs.ts';
import { NONE } from '../src/config/text-parsers.ts';
import { DEFAULT_REFUSALS } from '../src/platform/retry.ts';

/** One description for all actions, or one for each. */
type Description = string | (Readonly<Partial<Record<Action, string>>> & { readonly main: string });

/**
 * The descriptions of all inputs: at most two sentences, the default last. `npm run docs` adds the sentence about a default
 * that the table of inputs has. Not part of any program in `dist/`.
 */
const INPUT_DESCRIPTIONS: Readonly<Record<InputName, Description>> = {
  run: 'Command to run.',
  shell:
    'Shell that runs the command: `bash`, `sh`, `pwsh`, `powershell` or `cmd`, or `none` to start a program without a shell. The default is `bash`, or `pwsh` on Windows; without it, `sh` or `powershell`.',

  'aws-region': {
    main: 'AWS region of the sessions and of the STS endpoint, such as `eu-west-1`. Steps that receive keys also receive the region, and a profile can set its own.',
    exec: 'AWS region of the sessions and of the STS endpoint, such as `eu-west-1`. The command receives it, too, and a profile can set its own.',
    matrix: 'Region of the profiles that do not set one.',
    audit: 'AWS region of the requests to IAM with `live`. The default is `us-east-1`.',
  },
  'role-to-assume': {
    main: 'ARN of the IAM role to assume. Its name is enough if `allowed-account-ids` has a single account ID, or if the action starts from access keys.',
    matrix: 'ARN of the IAM role to assume to list the accounts of `accounts-from`.',
  },
  'role-chain': {
    main: 'ARNs of the roles to assume after `role-to-assume`, one per line, each with the session of the role before it (role chaining). Later steps use the last session.',
    exec: 'ARNs of the roles to assume after `role-to-assume`, one per line, each with the session of the role before it (role chaining). The command uses the last session.',
    matrix:
      'ARNs of the roles to assume after `role-to-assume`, one per line, each with the session of the role before it (role chaining). The last session lists the accounts.',
  },
  'role-for-pull-requests':
    'ARNs of the roles that take the place of `role-to-assume` and `role-chain` if the run is for a pull request, one per line. The default is `none`: the same roles for every event.',
  profiles: {
    main: 'Profiles in the syntax of the AWS config file, each with `role_arn` and its source. The action obtains all sessions and writes them as named profiles.',
    matrix: 'Profiles in the syntax of the AWS config file, each with `role_arn`.',
  },
  'profiles-file': 'Path of a file with profiles in the workspace, instead of `profiles`.',
  'select-profiles': {
    main: 'Names of the profiles to deliver, separated by commas or white space, with patterns such as `prod-*` and exclusions such as `!sandbox-*`; the action assumes their source profiles as needed. The default is all profiles.',
    matrix:
      'Names of the profiles to list, separated by commas or white space, with patterns such as `prod-*` and exclusions such as `!sandbox-*`. The default is all profiles that no other profile starts from; a name also lists such a source profile.',
  },
  canary: {
    main: '',
    matrix:
      'Names of the listed profiles to work on first, with patterns such as `dev-*` and exclusions, for the outputs `canary` and `rest`. The default is none.',
  },
  'default-profile': {
    main: 'Name of the profile that later steps use through `AWS_PROFILE`. Outputs describe its session.',
    exec: 'Name of the profile that the command uses through `AWS_PROFILE`.',
  },
  'allow-partial':
    'Whether to deliver the profiles that succeed if others fail, with the names of the others in the output `failed-profiles`.',
  'max-parallel': 'Maximum number of concurrent requests; the action slows down if STS throttles them.',

  'accounts-from': {
    main: 'Accounts to make profiles of, with the session of `role-to-assume`: `organization` for all accounts in AWS Organizations, or IDs of organizational units, separated by commas or white space, with the units below them. Each active account becomes a profile with the name of the account.',
    matrix:
      'Accounts to list instead of profiles, with the session of `role-to-assume`: `organization` for all accounts in AWS Organizations, or IDs of organizational units, separated by commas or white space, with the units below them.',
  },
  'account-role':
    'Name of the role to assume in each account of `accounts-from`, with its path if it has one.',
  'account-role-for-pull-requests':
    'Name of the role that takes the place of `account-role` if the run is for a pull request. The default is `none`: the same role for every event.',
  'account-filter':
    'Which accounts of `accounts-from` to use, one condition per line, such as `name=prod-*`, `id=111111111111` or `tag:stage=prod`, and exclusions such as `!name=*-sandbox`. The default is all.',

  auth: `Identity to start from: \`github-oidc\`, \`web-identity-file\`, \`static\`, \`ambient\` or \`saml\`. The default is \`${INPUTS.auth.default}\`, the first identity that other inputs describe or, without one, the job's OIDC token.`,
  audience:
    'Audience of the OIDC token, which has to be a client ID of the identity provider in IAM. The default is `sts.amazonaws.com`; if STS rejects it in another partition, the action retries with `sts.` and the DNS suffix of that partition.',
  'web-identity-token-file':
    "Path of a file with an OIDC token to use instead of GitHub's, absolute or relative to the workspace.",
  'aws-access-key-id': 'Access key ID to start from. Store it in a secret.',
  'aws-secret-access-key': 'Secret access key of `aws-access-key-id`. Store it in a secret.',
  'aws-session-token': 'Session token of `aws-access-key-id`, if that belongs to temporary credentials.',
  'role-chaining':
    'Whether to start from the credentials in the environment, such as those of an earlier step.',
  'force-skip-oidc': "Whether to ignore the job's OIDC token even if the job has permission to request it.",
  'use-existing-credentials':
    'Whether to keep the credentials in the environment if they are valid, of an allowed account and of the requested role.',
  'saml-assertion': 'SAML response in base64 to start from, together with `saml-provider-arn`.',
  'saml-provider-arn': 'ARN of the SAML provider in IAM for `saml-assertion`.',
  'mfa-serial':
    'ARN or serial number of the MFA device of the IAM user whose access keys are the identity. It requires `mfa-code` or `mfa-totp-secret`.',
  'mfa-code': 'Current code of the MFA device. Use `mfa-totp-secret` for jobs that run without a person.',
  'mfa-totp-secret':
    'Secret key of a virtual MFA device in base32, from which the action computes the codes.',
  operation: `STS operation for access keys without a role: \`get-session-token\` or \`get-federation-token\`. The default is \`${INPUTS.operation.default}\`, which delivers the access keys unchanged.`,
  'federation-name': `Name of the federated user of \`get-federation-token\`, 2 to ${FEDERATION_NAME.max} characters. The default is the beginning of the session name.`,

  'role-duration-seconds': `Duration of the delivered session: ${MIN_SESSION_SECONDS} to ${MAX_ROLE_SECONDS} seconds, \`max\` for the maximum of the role, or ${MIN_CUT_SECONDS} to ${MIN_SESSION_SECONDS - 1} for a session that a session policy cuts short. The default is \`3600\`, which is also the maximum for role chaining.`,
  'minimum-remaining-seconds':
    'Minimum number of seconds until the session expires. If it expires earlier, the step fails and delivers nothing.',
  'role-session-name':
    'Name of the session in CloudTrail and in its ARN, 2 to 64 characters. The default contains the repository, the run ID and, from the second on, the attempt.',
  'role-external-id': 'External ID of AssumeRole requests, if the trust policies of the roles require one.',
  'source-identity':
    'Source identity of sessions from AssumeRole requests. Role chaining keeps it, and CloudTrail shows it.',
  'custom-tags':
    'Session tags of AssumeRole requests, as a JSON object of keys and values. They replace tags about the job that have the same key.',
  'transitive-tag-keys': 'Keys of the session tags that role chaining passes on, one per line.',
  'role-skip-session-tagging': 'Whether to send no session tags.',
  'tag-oidc-session':
    'Whether a role that an OIDC token assumes then assumes itself with the session tags, because a request with a token cannot have any; its trust policy must allow that, and the session lasts at most one hour.',
  'inline-session-policy': `Session policy in JSON, at most ${MAX_INLINE_POLICY_CHARACTERS} characters, that limits the permissions of the delivered session.`,
  'managed-session-policies': `ARNs of at most ${MAX_MANAGED_POLICIES} managed policies, one per line, that limit the permissions of the delivered session.`,

  'allowed-account-ids':
    'Allowed account IDs, separated by commas or white space. If a session belongs to another account, the step fails and delivers nothing.',
  'mask-aws-account-id':
    'Whether to mask account IDs in the log, which also keeps them out of outputs for other jobs.',
  'mask-aws-access-key-id':
    'Whether to mask access key IDs in the log; outputs with presigned URLs require `false`.',
  'output-env-credentials':
    'Whether later steps use the session without naming it; with `default-profile`, `true` also exports its keys and region, and `false` not even its name. The default is `true`, or `false` with `aws-profile`.',
  'output-credentials': 'Whether to set the credentials as outputs of the step.',
  'export-region':
    'Whether to export the region as `AWS_REGION` and `AWS_DEFAULT_REGION`, which override the regions of profiles. The default is to export it together with keys, and with `refresh` unless there are `profiles`.',
  'aws-profile': 'Name of a profile to write to the shared config and credentials files until the job ends.',
  'overwrite-aws-profile': 'Whether to replace existing profiles of the same name until the job ends.',
  refresh: `How to refresh sessions while the job runs, without exporting keys: \`process\` for profiles with \`credential_process\`, or \`broker\` for an endpoint on this machine. The default is \`${INPUTS.refresh.default}\`.`,
  'broker-address': `The address at which the broker listens. \`169.254.170.2\` serves containers with a network of their own, and must be an address of the runner. The default is \`${INPUTS['broker-address'].default}\`.`,
  'unset-current-credentials': 'Whether to ignore and clear credentials in environment variables.',
  'job-summary': {
    main: 'Whether to write a receipt to the job summary and to the output `receipt`, even if the step fails: all sessions, why some failed, and a diagram of the role chaining.',
    audit: 'Whether to write the table of jobs and roles, a diagram and the findings to the job summary.',
  },

  'sts-endpoint':
    'URL of an STS endpoint to use instead of the regional endpoint, such as that of a VPC endpoint.',
  'sts-fallback-regions':
    'Fallback regions of the same partition, one per line, for requests to STS if it cannot be reached in `aws-region`, or `none`. The default is other regions of the same country or of the EU, if there are any.',
  'http-proxy': 'URL of a proxy for all requests. The default is the value of `HTTPS_PROXY` or `HTTP_PROXY`.',
  'no-proxy':
    'Hosts, domains, addresses and CIDR blocks to reach without the proxy, separated by commas. The default is the value of `NO_PROXY`.',
  'disable-retry': 'Whether to send each request only once.',
  'retry-max-attempts': `Maximum number of attempts of a request, including the first. The default is \`${INPUTS['retry-max-attempts'].default}\`, \`${DEFAULT_REFUSALS.retries + 1}\` if STS denies the request, or any number until \`action-timeout-s\` if STS throttles it.`,
  'wait-for-role': `Seconds during which to retry a request that STS denies because a role or trust policy is new, less than \`action-timeout-s\`. The default is \`${INPUTS['wait-for-role'].default}\`: ${DEFAULT_REFUSALS.retries} retries within a second.`,
  'special-characters-workaround':
    'Whether to repeat the request until the secret access key contains only letters and digits.',
  'action-timeout-s': 'Timeout of the step in seconds, including retries; `0` for no limit.',
  'translate-env-variables':
    'Whether environment variables such as `ROLE_TO_ASSUME` supply inputs that are not given.',

  'trust-policy':
    "Path of the role's trust policy in the workspace, which the action checks against the token before it sends a request to AWS; with `role-chain`, one path per line in the order of the roles. If a policy does not allow the run, the step fails and names the reason.",
  'github-token': {
    main: "Token with the permission `actions: read`, with which a diagnosis reads how the repository customizes subjects. The default is the job's token.",
    audit:
      "Token with the permission `actions: read`, with which the action reads the form of the repository's subjects. The default is the job's token.",
  },
  'warn-on-privileged-trigger':
    'Whether to warn if a job that `pull_request_target` or `workflow_run` started receives credentials.',
  'dry-run':
    'Whether to show the plan, the claims of the token and the trust policy that they require, without any request to AWS.',

  workflows: `Workflow files, one path or pattern per line. The default is \`${INPUTS.workflows.default[0]}\`.`,
  policies:
    'Trust policies, one path, folder or pattern per line: policies in JSON (`ROLE.json` or `ACCOUNT/ROLE.json`), output of `aws iam get-role` and `terraform show -json`, and CloudFormation templates.',
  live: 'Whether to read the deployed trust policies with the credentials in the environment (`iam:GetRole`), and to report how the files differ from them.',
  repository:
    'Repository whose workflows are read, as `OWNER/NAME`. The default is the repository of the job.',
  'repository-id':
    'ID of the repository, for immutable subjects. The default is the ID of the repository of the job.',
  'owner-id':
    'ID of the owner of the repository, for immutable subjects. The default is the ID of the owner of the repository of the job.',
  'subject-format':
    "Form of the repository's subjects: `name`, `immutable` (with IDs) or `both`. The default is the form that GitHub's API returns, or `both` if `github-token` cannot read it.",
  'subject-claims':
    "Claims that the repository's subjects contain, separated by commas or white space, if they are customized. The default is what GitHub's API returns, or GitHub's default form.",
  'default-branch': 'Default branch of the repository. The default is the branch in the event of the job.',
  variables:
    'JSON object with `vars`, `secrets`, `inputs`, `env` and `environments`, such as `{"vars": {"ROLE": "arn:…"}}`: the values of expressions in workflows. A value of an environment replaces the value of the repository.',
  'fail-on': `What fails the step: \`denied\`, also \`risk\`, also \`unknown\`, or \`none\`. The default is \`${INPUTS['fail-on'].default}\`.`,
  'baseline-file': 'Path of an earlier report in JSON: its rows and findings do not fail the step.',
  'sarif-file': 'Path of the SARIF file to write, for code scanning.',
};

/** The default of `github-token` in `action.yml`; other defaults there would hide the variables that supply inputs. */
export const METADATA_DEFAULTS: Readonly<Partial<Record<InputName, string>>> = {
  // An empty text is a mistake.
  'role-for-pull-requests': NONE,
  'account-role-for-pull-requests': NONE,
  'github-token': `\${{ github.token }}`,
};

/** The description of an input of an action, its default included. */
export function describeInput(name: InputName, action: Action): string {
  const texts = INPUT_DESCRIPTIONS[name];
  const text = typeof texts === 'string' ? texts : (texts[action] ?? texts.main);
  const fallback: unknown = 'default' in INPUTS[name] ? INPUTS[name].default : undefined;
  const isShown = ['boolean', 'number'].includes(typeof fallback) && !text.includes('The default is ');
  return isShown ? `${text} The default is \`${fallback}\`.` : text;
}
