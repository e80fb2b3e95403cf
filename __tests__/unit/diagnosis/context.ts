import type { Session } from '../../../src/aws/session.ts';
import type { DiagnosisContext } from '../../../src/diagnosis/diagnosis-context.ts';
import type { Claims } from '../../../src/identity/claims.ts';
import type { Identity } from '../../../src/identity/identity.ts';
import type { SessionRequest } from '../../../src/plan/plan.ts';
import type { HttpRequest, HttpResponse } from '../../../src/platform/http/http.ts';
import type { Runner } from '../../../src/platform/runner/runner.ts';
import type { Sts } from '../../../src/sts/sts.ts';
import { configOf, planOf } from '../plan/plan-of.ts';

export interface Options {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The claims of the job's token; undefined for an identity with access keys. */
  readonly claims?: Claims | undefined;
  /** The answer to GetCallerIdentity. */
  readonly owner?: Partial<Session> | Error;
  /** The answers of GitHub's API by path. */
  readonly api?: Readonly<Record<string, HttpResponse>>;
  /** The content of the event file. */
  readonly event?: object;
}

/** A run whose requests go nowhere, and what it wrote. */
export async function runWith({ inputs, env = {}, claims, owner = {}, api = {}, event = {} }: Options) {
  const groups: { readonly title: string; readonly lines: readonly string[] }[] = [];
  const warnings: string[] = [];
  const masked: string[] = [];
  const debugged: string[] = [];
  const requests: HttpRequest[] = [];
  const runner: Partial<Runner> = {
    mask: (secret) => void masked.push(secret),
    warning: (message) => void warnings.push(message),
    debug: (message) => void debugged.push(message),
    group: (title, lines) => void groups.push({ title, lines }),
  };
  const identity: Identity =
    claims === undefined
      ? { kind: 'credentials', credentials: () => Promise.reject(new Error('no credentials are needed')) }
      : {
          kind: 'web-identity',
          token: async () => ({ jwt: 'jwt', claims }),
          presented: () => claims,
          tryOtherAudience: () => false,
        };
  const obtain = async ({ operation }: SessionRequest) => {
    if (operation !== 'GetCallerIdentity') throw new TypeError(`${operation} is not expected`);
    if (owner instanceof Error) throw owner;
    return owner as Session;
  };
  const connection = {
    identityOf: () => identity,
    http: async (request: HttpRequest) => {
      requests.push(request);
      return api[request.url.pathname] ?? { status: 404, body: '{}' };
    },
    agentsFor: async () => ({}) as never,
    close: () => {},
    sts: async () => ({ obtain }) as unknown as Sts,
  };
  const context: DiagnosisContext = {
    plan: await planOf(inputs),
    config: configOf(inputs),
    connection,
    host: {
      runner,
      env: { GITHUB_REPOSITORY: 'octo-org/octo-app', ...env },
      readJson: async () => event,
    } as unknown as DiagnosisContext['host'],
  };
  return { context, groups, warnings, masked, debugged, requests };
}
