import { completeRole, isComplete, parseBareRole, parseRoleArn } from '../../aws/arn.ts';
import { partitionOfRegion } from '../../aws/partitions.ts';
import { NONE } from '../../config/text-parsers.ts';
import { EVENTS_WITH_OTHER_CAUSE, isPullRequestEvent } from '../../platform/runner/pull-request.ts';
import { type Datum, dataOf, openOf, textOfData } from '../expressions/datum.ts';
import { toValue } from '../expressions/resolve.ts';
import {
  anyText,
  follow,
  mapWays,
  oneWay,
  type Situation,
  supposing,
  type Way,
} from '../expressions/situation.ts';
import { testEquals } from '../expressions/tests.ts';
import type { Assumption } from '../model/types.ts';
import { known, type Value } from '../texts/value.ts';
import type { ActionKind } from './actions.ts';
import { type TokenProfile, tokenProfilesOf } from './profiles.ts';
import type { Step } from './step.ts';
import { StepInputs } from './step-inputs.ts';

type Assumes = Extract<ActionKind, { kind: 'assumes' }>;

/** The default audience of both actions. */
const DEFAULT_AUDIENCE = 'sts.amazonaws.com';

/** A role that a step assumes with the token. */
interface TokenRole {
  readonly role: Datum;
  readonly profile: string | undefined;
}

/** The roles that a step assumes with the job's token; none when it starts from keys or a session. */
export function assumptionsOf(step: Step, action: Assumes, situation: Situation): Way<Assumption>[] {
  const ours = action.action === 'assume-aws-roles';
  const also = ours ? ['audience'] : [];
  const inputs = new StepInputs(step, action.readsVariables ? also : undefined);
  const hasProfiles = inputs.has('profiles') || inputs.has('profiles-file');
  const roles = action.assumesProfiles && hasProfiles ? ofProfiles : ofInputs;
  return follow(roles(step, inputs, situation), (way) =>
    follow(audiencesOf(inputs, ours, way.situation), ({ situation: after, value: audience }) => {
      const { role, profile } = way.value;
      const value = completed(toValue(role, after), inputs, after);
      const assumption: Assumption = {
        role: value,
        audience: audience.first,
        otherAudience: audience.other(value),
        action: action.action,
        profile,
        at: step.at,
        through: step.context.through,
      };
      return oneWay(after, assumption);
    }),
  );
}

function ofInputs(step: Step, inputs: StepInputs, situation: Situation): Way<TokenRole>[] {
  const { event } = step.context.contexts.started.run;
  const withToken = startsFromToken(step, inputs, situation).filter(({ value }) => value);
  const roles = follow(withToken, (way) => {
    const others = () => inputs.readEach('role-to-assume', way.situation);
    const forPullRequests = inputs.has(FOR_PULL_REQUESTS)
      ? rolesForPullRequests(inputs, way.situation)
      : others();
    if (isPullRequestEvent(event)) return forPullRequests;
    // The payload decides, and both roles occur.
    return EVENTS_WITH_OTHER_CAUSE.includes(event) ? [...forPullRequests, ...others()] : others();
  });
  return mapWays(
    roles.filter(({ value }) => value.kind !== 'data' || value.data !== ''),
    (role) => ({ role, profile: undefined }),
  );
}

const FOR_PULL_REQUESTS = 'role-for-pull-requests';

/** The first role for pull requests, as the token assumes no other. An empty text fails the step, so there is no role. */
function rolesForPullRequests(inputs: StepInputs, situation: Situation): Way<Datum>[] {
  return follow(inputs.readEach(FOR_PULL_REQUESTS, situation), (way) => {
    if (way.value.kind !== 'data') return oneWay(way.situation, way.value);
    const [first = ''] = textOfData(way.value.data).split('\n');
    if (first === NONE) return inputs.readEach('role-to-assume', way.situation);
    return oneWay(way.situation, dataOf(first.trim()));
  });
}

/** Whether the inputs of a step choose the job's token. */
function startsFromToken(step: Step, inputs: StepInputs, situation: Situation): Way<boolean>[] {
  const { withToken, withKeys } = step.context;
  // Without a token, both actions use the credentials of the environment.
  if (!withToken && (withKeys || step.env('AWS_ACCESS_KEY_ID', situation) !== undefined)) return [];
  return follow(inputs.read('auth', situation), (auth) => {
    if (auth.value.kind === 'data' && auth.value.data === 'github-oidc') return oneWay(auth.situation, true);
    if (auth.value.kind === 'data' && !['', 'auto'].includes(textOfData(auth.value.data)))
      return oneWay(auth.situation, false);
    let open = oneWay(auth.situation, true);
    for (const name of ['saml-assertion', 'web-identity-token-file', 'aws-access-key-id']) {
      open = follow(open, (way) => mapWays(inputs.given(name, way.situation), (given) => !given)).filter(
        ({ value }) => value,
      );
    }
    for (const name of ['role-chaining', 'force-skip-oidc', 'dry-run']) {
      open = follow(open, (way) =>
        follow(inputs.read(name, way.situation), (read) => testEquals(read.situation, read.value, 'true')),
      )
        .filter(({ value }) => !value)
        .map((way) => ({ ...way, value: true }));
    }
    return open;
  });
}

function ofProfiles(step: Step, inputs: StepInputs, situation: Situation): Way<TokenRole>[] {
  return follow(profilesText(step, inputs, situation), ({ situation: found, value: text }) => {
    if (isUnknown(text)) return oneWay(found, { role: text, profile: undefined });
    return follow(selectedProfiles(inputs, found), (selection) => {
      const { at, context } = step;
      const { event } = context.contexts.started.run;
      const profiles = tokenProfilesOf(text, { selected: selection.value, event }, at, context.gaps);
      const tokens = startsFromToken(step, inputs, selection.situation).filter(({ value }) => value);
      const roleOf = ({ role, name }: TokenProfile): TokenRole => ({ role, profile: name });
      return profiles.flatMap((profile) =>
        profile.always
          ? oneWay(selection.situation, roleOf(profile))
          : mapWays(tokens, () => roleOf(profile)),
      );
    });
  });
}

function isUnknown(text: Datum): boolean {
  return text.kind === 'open' && text.parts.every((part) => typeof part !== 'string');
}

function profilesText(step: Step, inputs: StepInputs, situation: Situation): Way<Datum>[] {
  if (inputs.has('profiles')) return inputs.readEach('profiles', situation);
  return mapWays(inputs.readEach('profiles-file', situation), (path) => {
    const { context, at } = step;
    const file = path.kind === 'data' ? textOfData(path.data).replace(/^\.\//, '') : undefined;
    const text = file === undefined ? undefined : context.read(file);
    if (text !== undefined) return dataOf(text);
    const what =
      file === undefined ? 'the path in profiles-file is not known' : `the file ${file} was not found`;
    context.gaps.add({ ...at, what: `profiles-file: ${what}` });
    return openOf('profiles-file', anyText('unknown', 'profiles-file', what));
  });
}

/** The names and patterns in `select-profiles`; undefined for all, and for names that are not known. */
function selectedProfiles(inputs: StepInputs, situation: Situation): Way<readonly string[] | undefined>[] {
  return inputs.readEach('select-profiles', situation).map((way) => {
    if (way.value.kind !== 'data')
      return { situation: supposing(way.situation, ['select-profiles']), value: undefined };
    const names = textOfData(way.value.data)
      .split(/[\s,]+/)
      .filter((name) => name !== '');
    return { ...way, value: names.length === 0 ? undefined : names };
  });
}

interface Audience {
  readonly first: Value;
  readonly other: (role: Value) => Value | undefined;
}

function audiencesOf(inputs: StepInputs, ours: boolean, situation: Situation): Way<Audience>[] {
  return follow(inputs.readEach('audience', situation), (way) => {
    const chosen = toValue(way.value, way.situation);
    if (chosen.kind !== 'known' || chosen.text !== '')
      return oneWay(way.situation, { first: chosen, other: () => undefined });
    return mapWays(inputs.readEach('aws-region', way.situation), (region) => ({
      first: known(DEFAULT_AUDIENCE),
      other: (role) => (ours ? otherAudience(region, role) : undefined),
    }));
  });
}

/** This action requests a second token for the audience of the partition when the provider rejects the default one. */
function otherAudience(region: Datum, role: Value): Value | undefined {
  const partition = region.kind === 'data' ? partitionOfRegion(textOfData(region.data)) : undefined;
  const ofRole =
    role.kind === 'known' && role.text.startsWith('arn:aws-cn:') ? 'amazonaws.com.cn' : undefined;
  const audience = `sts.${partition?.dnsSuffix ?? ofRole ?? 'amazonaws.com'}`;
  return audience === DEFAULT_AUDIENCE ? undefined : known(audience);
}

/** Completes a role name with the only account in `allowed-account-ids`. */
function completed(role: Value, inputs: StepInputs, situation: Situation): Value {
  if (role.kind !== 'known' || parseRoleArn(role.text) !== undefined) return role;
  const bare = parseBareRole(role.text);
  const [accounts] = inputs.readEach('allowed-account-ids', situation);
  const [region] = inputs.readEach('aws-region', situation);
  if (
    bare === undefined ||
    isComplete(bare) ||
    accounts?.value.kind !== 'data' ||
    region?.value.kind !== 'data'
  )
    return role;
  const [account = '', ...others] = textOfData(accounts.value.data)
    .split(/[\s,]+/)
    .filter((id) => id !== '');
  if (!/^\d{12}$/.test(account) || others.length > 0) return role;
  return known(completeRole(bare, partitionOfRegion(textOfData(region.value.data)).id, account).arn);
}
