import { type Claims, textClaim } from '../identity/claims.ts';
import { atRef, type Ids, inRepository, type Probe } from './probes.ts';

/** How a job differs from the job that a statement is for. */
export type Outsider =
  | 'other owner'
  | 'owner twin'
  | 'other repository'
  | 'repository twin'
  | 'pull request'
  | 'other branch'
  | 'branch twin'
  | 'tag'
  | 'other environment'
  | 'environment twin';

const OUTSIDER_IDS: Ids = { owner: '900001', repository: '900002', enterprise: '900003' };

/** Jobs that differ from the intended one in one way. They share everything that their author can choose. */
export function outsidersOf({ claims, form, namesRef }: Probe): (readonly [Outsider, Probe])[] {
  const [owner = '', name = ''] = textClaim(claims, 'repository').split('/');
  const environment = textClaim(claims, 'environment');
  const ref = textClaim(claims, 'ref');
  const event = textClaim(claims, 'event_name');
  const elsewhere = (repository: string) => inRepository(claims, repository, OUTSIDER_IDS);
  const on = (otherRef: string, otherEvent = event === 'pull_request' ? 'push' : event) =>
    atRef({ ...claims, environment: undefined }, otherRef, otherEvent);
  const into = (other: string) => ({ ...on('refs/heads/another-branch'), environment: other });
  const jobs: [Outsider, Claims][] = [
    ['other owner', elsewhere(`stranger/${name}`)],
    ['owner twin', elsewhere(`${owner}-evil/${name}`)],
    ['other repository', elsewhere(`${owner}/another-repository`)],
    ['repository twin', elsewhere(`${owner}/${name}-two`)],
    ['pull request', on('refs/pull/1/merge', 'pull_request')],
    ['other branch', on('refs/heads/another-branch')],
    ['other environment', into('another-environment')],
  ];
  if (!ref.startsWith('refs/tags/')) jobs.push(['tag', on('refs/tags/another-tag')]);
  if (namesRef && ref.startsWith('refs/heads/')) jobs.push(['branch twin', on(`${ref}-two`)]);
  if (environment !== '') jobs.push(['environment twin', into(`${environment}-two`)]);
  return jobs.map(([outsider, changed]) => [outsider, { claims: changed, form, namesRef }] as const);
}
