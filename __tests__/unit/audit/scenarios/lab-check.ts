import { type Issuer, type JobIdentity, startIssuer } from '../../../../lab/issuer.ts';
import { perform } from '../../../../lab/operations.ts';
import type { PolicyDocument } from '../../../../lab/policy.ts';
import { StsError } from '../../../../lab/sts-error.ts';
import { Traffic } from '../../../../lab/traffic.ts';
import type { World } from '../../../../lab/world.ts';
import { languageOfPattern } from '../../../../src/audit/evaluate/pattern.ts';
import { providerOfServer } from '../../../../src/audit/evaluate/token-set.ts';
import type { Row } from '../../../../src/audit/model/report.ts';
import type { Facts, JobRun } from '../../../../src/audit/model/types.ts';
import {
  ANYTHING,
  both,
  either,
  exactly,
  type Language,
  not,
  sequence,
} from '../../../../src/audit/texts/language.ts';
import { example, ignoringCase } from '../../../../src/audit/texts/relation.ts';

/** Issues tokens as GitHub does, and presents them to roles as STS decides. Neither knows anything of the audit. */
export class LabCheck {
  readonly #issuers = new Map<string, Issuer>();

  async close(): Promise<void> {
    for (const { server } of this.#issuers.values()) server.close();
  }

  async #issuer(server: string): Promise<Issuer> {
    const issuer =
      this.#issuers.get(server) ??
      (await startIssuer(`https://${providerOfServer(server)}`, new Traffic(), Date.now));
    this.#issuers.set(server, issuer);
    return issuer;
  }

  /** Whether the role lets in a token of the job, by the lab's own evaluator; undefined for policies beyond it. */
  async letsIn(job: JobIdentity, request: LabRequest): Promise<boolean | undefined> {
    const issuer = await this.#issuer(request.server);
    issuer.job = job;
    const token = await issuer.mint(request.audience, request.claims);
    issuer.tokens.length = 0;
    const [, partition = 'aws', , , account = '', role = ''] = request.role.split(':');
    const parts = role.split('/');
    const world: World = {
      partition,
      accounts: {
        [account]: {
          oidcProviders: [{ url: providerOfServer(request.server), audiences: [request.audience] }],
          roles: [
            {
              name: parts.at(-1) ?? '',
              path: `/${parts
                .slice(1, -1)
                .map((part) => `${part}/`)
                .join('')}`,
              trustPolicy: request.policy as PolicyDocument,
            },
          ],
        },
      },
    };
    const parameters = { RoleArn: request.role, RoleSessionName: 'audit', WebIdentityToken: token };
    try {
      await perform(
        { world, issuer, now: Date.now, sessionSeconds: undefined, remember: () => {} },
        'AssumeRoleWithWebIdentity',
        parameters,
        undefined,
      );
      return true;
    } catch (error) {
      if (error instanceof StsError && error.message.includes('Not authorized')) return false;
      // The lab says nothing to policies that it cannot evaluate.
      if (error instanceof Error && /^(IAM rejects|the lab does not support)/.test(error.message))
        return undefined;
      throw error;
    }
  }
}

export interface LabRequest {
  readonly server: string;
  readonly role: string;
  readonly audience: string;
  readonly policy: object;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Jobs of GitHub that a row is about: several where its ref or environment differs from run to run. */
export function jobsOf(row: Row, run: JobRun, facts: Facts, policy: object): JobIdentity[] {
  const wanted = subjectsIn(policy);
  const refs = samplesOf(
    run.ref.language,
    wanted.map((subject) => subject.split(':ref:')[1]),
  );
  const environments =
    run.environment === undefined
      ? [undefined]
      : samplesOf(
          run.environment.language,
          wanted.map((subject) => subject.split(':environment:')[1]?.replaceAll('%3A', ':')),
        );
  return refs.flatMap((ref) =>
    environments.map((environment) => ({
      repository: facts.repository,
      repositoryId: facts.repositoryId ?? '74',
      ownerId: facts.ownerId ?? '9919',
      ref,
      eventName: row.event,
      ...(environment !== undefined && { environment }),
      jobWorkflowRef: calledRef(run, facts, ref),
      actor: 'octocat',
      immutableSubject: row.format === 'immutable',
      ...(facts.subjectClaims !== undefined && { subjectClaimKeys: [...facts.subjectClaims] }),
    })),
  );
}

function calledRef({ called, workflow }: JobRun, { repository }: Facts, ref: string): string {
  const file = called?.file ?? workflow;
  if (!file.includes('@')) return `${repository}/${file}@${ref}`;
  const [path, of = ''] = file.split('@');
  return /^refs\/|^[0-9a-f]{40}$/.test(of) ? file : `${path}@refs/heads/${of}`;
}

function subjectsIn(policy: object): string[] {
  return [...JSON.stringify(policy).matchAll(/"((?:repo:|refs\/|\*)[^"]*)"/g)].map(([, text = '']) =>
    text.startsWith('refs/') ? `:ref:${text}` : text,
  );
}

const MAX_PATTERNS = 6;

/** Texts of a language, those first that a pattern of the policy is about. */
function samplesOf(language: Language, patterns: readonly (string | undefined)[]): string[] {
  const samples: string[] = [];
  const add = (narrower: Language) => {
    const found = example(both(language, narrower, ...samples.map((sample) => not(exactly(sample)))));
    if (typeof found === 'object') samples.push(found.text);
  };
  const wanted = [...new Set(patterns.filter((pattern) => pattern !== undefined))].map(languageOfPattern);
  for (const pattern of wanted.slice(0, MAX_PATTERNS)) {
    add(pattern);
    add(ignoringCase(pattern));
  }
  if (wanted.length > 0) add(not(either(...wanted)));
  add(sequence(ANYTHING, exactly('main')));
  add(ANYTHING);
  return samples;
}
