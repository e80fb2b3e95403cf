import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Observations } from './observe.ts';
import type { Situation } from './situation.ts';

/** One observation in which the actions differ; undefined where there is none. */
interface Difference {
  readonly what: string;
  readonly peer: string | undefined;
  readonly ours: string | undefined;
}

function differencesBetween(peer: Observations, ours: Observations): readonly Difference[] {
  const all = [...new Set([...peer.keys(), ...ours.keys()])];
  return all
    .map((what) => ({ what, peer: peer.get(what), ours: ours.get(what) }))
    .filter((difference) => difference.peer !== difference.ours);
}

type Rule = (difference: Difference, peer: Observations, ours: Observations) => boolean;

const stepOf = (what: string) => what.split(' ').slice(0, 2).join(' ');
const bothFail: Rule = ({ what }, peer, ours) =>
  [peer, ours].every((seen) => seen.get(`${stepOf(what)} exit`) === '1');

/** Differences that are the same in whatever situation, by their ids. */
const EVERYWHERE: Readonly<Record<string, Rule>> = {
  'fewer-requests': ({ what, peer, ours }) => what.endsWith(' whoami') && Number(ours) < Number(peer),
  'user-agent-name': ({ what }) => what.endsWith(' agent name'),
  'new-outputs': ({ what, peer }) =>
    peer === undefined && / output (assumed-role-id|sts-request-id|profiles|aws-expiration)$/.test(what),
  'expiration-quotes': ({ what, peer, ours }) =>
    what.endsWith(' output aws-expiration') && peer === `"${ours}"`,
  'inputs-first': (difference, peer, ours) =>
    bothFail(difference, peer, ours) &&
    ours.get(`${stepOf(difference.what)} requests`) === '0' &&
    ours.get(`${stepOf(difference.what)} tokens`) === '' &&
    / (request|tokens|whoami|agent|masked)/.test(difference.what),
  'nothing-on-failure': (difference, peer, ours) =>
    (/ (env|output) /.test(difference.what) &&
      difference.ours === undefined &&
      bothFail(difference, peer, ours)) ||
    // Where the only step fails, so does what is written.
    (/^file /.test(difference.what) && difference.ours === undefined && ours.get('step 1 exit') === '1'),
  'account-outputs': ({ what, peer }, ...seen) =>
    peer === undefined &&
    / output (aws-account-id|authenticated-arn)$/.test(what) &&
    seen.every((observations) => observations.get(`${stepOf(what)} exit`) === '0'),
  'session-token-empty': ({ what, peer, ours }) =>
    what.endsWith(' env AWS_SESSION_TOKEN') && peer === undefined && ours === '',
  'profile-files': ({ what }) => / as it stands: # (>>>|<<<|---) <of this step>/.test(what),
  'post-restores': ({ what, peer }) => /^post \d+ env /.test(what) && peer === '',
  'post-removes-profiles': ({ what }) => what.startsWith('left '),
};

export const everywhereIds = Object.keys(EVERYWHERE);

export interface Explained {
  /** The ids that account for differences. */
  readonly ids: ReadonlySet<string>;
  readonly unexplained: readonly Difference[];
  /** What the situation says that differs, and that does not. */
  readonly idle: readonly string[];
}

/** Holds the differences against what the situation, and the rules of all, say. */
export function explain({ differs = {} }: Situation, peer: Observations, ours: Observations): Explained {
  const differences = differencesBetween(peer, ours);
  const own = Object.entries(differs).flatMap(([id, starts]) => starts.map((start) => ({ id, start })));
  const used = new Set<string>();
  const idle = new Set(own);
  const unexplained = differences.filter((difference) => {
    const claims = own.filter(({ start }) => difference.what.startsWith(start));
    for (const claim of claims) {
      used.add(claim.id);
      idle.delete(claim);
    }
    if (claims.length > 0) return false;
    const rules = Object.entries(EVERYWHERE).filter(([, rule]) => rule(difference, peer, ours));
    for (const [id] of rules) used.add(id);
    return rules.length === 0;
  });
  return { ids: used, unexplained, idle: [...idle].map(({ id, start }) => `${id}: ${start}`) };
}

/** The ids in the table of `docs/migration.md`. */
export function documentedIds(root: string): readonly string[] {
  const text = readFileSync(path.join(root, 'docs/migration.md'), 'utf8');
  return [...text.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id = '']) => id);
}
