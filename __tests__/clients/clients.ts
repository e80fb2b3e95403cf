import { cp } from 'node:fs/promises';
import path from 'node:path';
import { ACTION_NODE, type StepResult } from '../../lab/job.ts';
import type { Lab } from '../../lab/lab.ts';
import { CLIENT_PROGRAMS, type ClientProgram, isInstalled } from '../../scripts/client-programs.ts';
import { PYTHON_BIN } from '../../scripts/tools.ts';
import type { TestJob } from '../support/harness.ts';

export { PYTHON_BIN };
export const AWS = path.join(PYTHON_BIN, 'aws');

type Command = readonly [string, ...string[]];

/** Programs of ours, one for each SDK. Without arguments they ask once; lab/whoami.ts says what arguments are. */
export const WHOAMI = {
  python: [path.join(PYTHON_BIN, 'python'), path.resolve('__tests__/clients/python/whoami.py')],
  javaScript: [ACTION_NODE, path.resolve('lab/whoami.ts')],
  go: CLIENT_PROGRAMS.go.command,
  rust: CLIENT_PROGRAMS.rust.command,
  java: CLIENT_PROGRAMS.java.command,
  ruby: CLIENT_PROGRAMS.ruby.command,
} as const satisfies Record<string, Command>;

/** The ways in which a step delivers a session to clients. */
export const DELIVERY_KINDS = ['variables', 'profile', 'process', 'broker'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

export interface Client {
  readonly name: string;
  /** Finds its version in its user agent. */
  readonly version: RegExp;
  /** What a machine lacks to run it; undefined where it runs. */
  readonly missing: string | undefined;
  /** Makes a call, with a profile and its region, or with what the environment says. */
  readonly call: (context: TestJob, profile?: string, region?: string) => Promise<StepResult>;
  /** Whether it prints who it is. The others call services, which see who they are. */
  readonly printsIdentity: boolean;
  /** The program that makes as many calls as its argument says, half a second apart. The others are started for each call. */
  readonly stays?: Command | undefined;
  /** What does not work, and what to do instead. */
  readonly cannot?: Readonly<Partial<Record<DeliveryKind, string>>>;
  /** Only the nightly workflow runs it. Elsewhere it is no skipped test. */
  readonly isNightly?: boolean;
}

const missingFor = (program: ClientProgram) => (isInstalled(program) ? undefined : program.needs);

/** An SDK, which takes the name of a profile from a variable alone. */
function sdk(name: string, version: RegExp, command: Command, program?: ClientProgram): Client {
  const [file, ...args] = command;
  return {
    name,
    version,
    missing: program && missingFor(program),
    call: ({ job }, profile) => job.run(file, args, asVariable(profile)),
    printsIdentity: true,
    stays: command,
  };
}

const asVariable = (profile?: string) => (profile === undefined ? {} : { env: { AWS_PROFILE: profile } });
const asOption = (profile?: string) => (profile === undefined ? [] : ['--profile', profile]);

/** @param options more of its options */
function awsCli(
  name: string,
  file: string,
  missing?: string,
  options: (lab: Lab) => readonly string[] = () => [],
): Client {
  return {
    name,
    version: /aws-cli\/([\d.]+)/,
    missing,
    call: ({ lab, job }, profile) => {
      const all = ['--output', 'json', ...asOption(profile), ...options(lab)];
      return job.run(file, ['sts', 'get-caller-identity', ...all]);
    },
    printsIdentity: true,
  };
}

/** Keeps its state in S3: a call is an `apply`. */
function terraform(name: string, program: ClientProgram): Client {
  const [file, ...args] = program.command;
  return {
    name,
    version: /(?:Terraform|OpenTofu)\/(\d[\d.]*)/,
    missing: missingFor(program),
    call: async ({ job }, profile, region) => {
      const folder = path.join(job.workspace, name);
      await cp(path.resolve('__tests__/clients/terraform'), folder, { recursive: true });
      const env = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', ...asVariable(profile)?.env };
      const run = (...words: string[]) => job.run(file, [...args, `-chdir=${folder}`, ...words], { env });
      // The backend does not take the region of a profile.
      const settings = { key: name, ...(region !== undefined && { region }) };
      const backend = Object.entries(settings).map(([key, value]) => `-backend-config=${key}=${value}`);
      const init = await run('init', '-no-color', '-reconfigure', ...backend);
      return init.exitCode === 0 ? run('apply', '-no-color', '-auto-approve') : init;
    },
    printsIdentity: false,
  };
}

const cdk: Client = {
  name: 'AWS CDK',
  version: /aws-cdk\/(\d[\d.]*)/i,
  missing: missingFor(CLIENT_PROGRAMS.cdk),
  call: async ({ job }, profile) => {
    // It writes locks next to the app.
    await cp(path.resolve('__tests__/clients/cdk/app'), path.join(job.workspace, 'app'), { recursive: true });
    const env = { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: '1' };
    const options = ['--app', 'app', '--method', 'template', '--no-notices', ...asOption(profile)];
    return job.run(ACTION_NODE, [CLIENT_PROGRAMS.cdk.file, 'diff', ...options], { env });
  },
  printsIdentity: false,
};

const sam: Client = {
  name: 'AWS SAM CLI',
  version: /aws-sam-cli\/(\d[\d.]*)/i,
  missing: missingFor(CLIENT_PROGRAMS.sam),
  call: ({ job }, profile) => {
    const env = { SAM_CLI_TELEMETRY: '0' };
    const options = ['--stack-name', 'app', '--output', 'json', ...asOption(profile)];
    return job.run(CLIENT_PROGRAMS.sam.file, ['list', 'stack-outputs', ...options], { env });
  },
  printsIdentity: false,
};

const {
  go,
  rust,
  java,
  ruby,
  awsCli2,
  debianAwsCli,
  terraform: terraformProgram,
  openTofu,
} = CLIENT_PROGRAMS;
/** Version 2.9 knows no variable for the endpoint. */
const endpointOf = ({ sts }: Lab) => ['--endpoint-url', sts.url];

/** The clients that other tests ask, too. */
export const FIRST_CLIENTS: readonly Client[] = [
  awsCli('AWS CLI 1', AWS),
  sdk('boto3', /Boto3\/([\d.]+)/, WHOAMI.python),
  sdk('AWS SDK for JavaScript v3', /api\/sts#([\d.]+)/, WHOAMI.javaScript),
  sdk('AWS SDK for Go v2', /aws-sdk-go-v2\/([\d.]+)/, WHOAMI.go, go),
];

/** Every client that is held against what the action delivers. */
export const CLIENTS: readonly Client[] = [
  ...FIRST_CLIENTS,
  awsCli('AWS CLI 2', awsCli2.file, missingFor(awsCli2)),
  awsCli('AWS CLI 2 of Debian 12', debianAwsCli.command[0], missingFor(debianAwsCli), endpointOf),
  sdk('AWS SDK for Java v2', /aws-sdk-java\/([\d.]+)/, WHOAMI.java, java),
  sdk('AWS SDK for Rust', /api\/sts\/([\d.]+)/, WHOAMI.rust, rust),
  {
    ...sdk('AWS SDK for Ruby of Debian 12', /aws-sdk-ruby3\/([\d.]+)/, WHOAMI.ruby, ruby),
    cannot: { broker: 'Versions of 2022 do not know the variable of the broker. Use `refresh: process`.' },
  },
  terraform('Terraform, S3 backend', terraformProgram),
  { ...terraform('OpenTofu, S3 backend', openTofu), isNightly: true },
  cdk,
  sam,
];

/** Whom a client takes itself to be. */
export interface Identity {
  readonly Account: string;
  readonly Arn: string;
}

/** What a client that prints its identity says. */
export async function whoami(
  { call }: Pick<Client, 'call'>,
  context: TestJob,
  profile?: string,
): Promise<Identity> {
  const step = await call(context, profile);
  if (step.exitCode !== 0) throw new Error(step.log);
  const { Account, Arn } = JSON.parse(step.stdout);
  return { Account, Arn };
}
