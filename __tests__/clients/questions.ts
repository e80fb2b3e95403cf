import type { Lab } from '../../lab/lab.ts';
import { CLIENT_PROGRAMS, isInstalled } from '../../scripts/client-programs.ts';
import { AWS, WHOAMI } from './clients.ts';

/** How a client is told whom to be; with nothing said, by what the environment says. */
export interface Way {
  /** A profile named to the client: `--profile` of the AWS CLI, the profile option in the code of SDKs. */
  readonly option?: string;
  /** A profile named in `AWS_PROFILE`. */
  readonly variable?: string;
  /** A region named to the client: `--region` of the AWS CLI, the region in the code of SDKs. */
  readonly region?: string;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How a command ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Client {
  readonly name: string;
  /** Marks its requests, with the number of the question. */
  readonly app: string;
  /** Commands that answer the ways in their order, each one or all of them. */
  commands(ways: readonly Way[], mark: (index: number) => string): readonly Command[];
}

/** A program of ours that answers all questions at one start. */
const asker = (name: string, app: string, [program, ...args]: readonly [string, ...string[]]): Client => ({
  name,
  app,
  commands: (ways, mark) => [
    {
      program,
      args: [...args, ...ways.map((way, index) => JSON.stringify({ ...way, app: mark(index) }))],
      env: {},
    },
  ],
});

const CLIENTS: readonly Client[] = [
  {
    name: 'AWS CLI',
    app: 'cli',
    commands: (ways, mark) =>
      ways.map(({ option, variable, region }, index) => ({
        program: AWS,
        args: [
          ...['sts', 'get-caller-identity', '--output', 'json'],
          ...(option === undefined ? [] : ['--profile', option]),
          ...(region === undefined ? [] : ['--region', region]),
        ],
        env: { AWS_SDK_UA_APP_ID: mark(index), ...(variable !== undefined && { AWS_PROFILE: variable }) },
      })),
  },
  asker('boto3', 'boto3', WHOAMI.python),
  asker('JavaScript SDK v3', 'js', WHOAMI.javaScript),
  asker('Go SDK v2', 'go', WHOAMI.go),
  ...(isInstalled(CLIENT_PROGRAMS.rust) ? [asker('Rust SDK', 'rust', WHOAMI.rust)] : []),
];

export const CLIENT_NAMES = CLIENTS.map(({ name }) => name);

interface Answer {
  readonly Account?: string;
  readonly Arn?: string;
  readonly Error?: string;
}

/** What clients say when they find no profile of the name. */
const NO_PROFILE =
  /config profile \(.*\) could not be found|credentials using profile: \[|failed to get shared config profile/i;
/** What clients say when they find no credentials. */
const NOBODY =
  /unable to locate credentials|could not load credentials|no EC2 IMDS role found|credential provider was not enabled/i;

/** What clients say that take an empty variable for the endpoint of a container. */
const EMPTY_ENDPOINT = /Unsupported host 'None'|invalid full URI/;

/**
 * Asks every client, all at the same time, and puts each answer into words: `ACCOUNT/ROLE in REGION`, `nobody`,
 * `no such profile`, or the error. The region is the one that the client signed for, as STS saw it.
 *
 * @param label marks the requests of this call
 * @param runAll carries out commands where the clients are to be
 * @returns by the client's name the answers in the order of `ways`
 */
export async function askAll(
  lab: Lab,
  label: string,
  ways: readonly Way[],
  runAll: (commands: readonly Command[]) => Promise<readonly Ended[]>,
): Promise<Record<string, string[]>> {
  const asked = CLIENTS.map(({ name, app, commands }) => {
    const mark = (index: number) => `${app}-${label}-${index}`;
    return { name, mark, commands: commands(ways, mark) };
  });
  const ended = [...(await runAll(asked.flatMap(({ commands }) => commands)))];
  return Object.fromEntries(
    asked.map(({ name, mark, commands }) => {
      const said = ended.splice(0, commands.length).flatMap(answersIn);
      return [name, ways.map((_, index) => inWords(said[index], lab, mark(index)))];
    }),
  );
}

function answersIn({ exitCode, stdout, stderr }: Ended): readonly Answer[] {
  if (exitCode !== 0) return [{ Error: stderr }];
  const answers: Answer | readonly Answer[] = JSON.parse(stdout);
  return [answers].flat();
}

function inWords(answer: Answer | undefined, { traffic }: Lab, mark: string): string {
  const asked = traffic.requests.findLast(
    ({ operation, headers }) =>
      operation === 'GetCallerIdentity' && headers['user-agent']?.includes(`app/${mark}`),
  );
  const { Account, Arn, Error: error = '' } = answer ?? { Error: 'no answer' };
  if (Arn !== undefined) return `${Account}/${Arn.split('/')[1]} in ${asked?.region}`;
  if (asked !== undefined) return `refused: ${asked.errorCode}`;
  if (NO_PROFILE.test(error)) return 'no such profile';
  const [refusal] = EMPTY_ENDPOINT.exec(error) ?? [];
  if (refusal !== undefined) return `nobody: ${refusal}`;
  return NOBODY.test(error) ? 'nobody' : `error: ${error.trim()}`;
}
