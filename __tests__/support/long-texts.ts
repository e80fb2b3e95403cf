import { parseBareRole, parseRoleArn, roleOfSession } from '../../src/aws/arn.ts';
import { partitionOfRegion } from '../../src/aws/partitions.ts';
import { nearestRegion } from '../../src/aws/regions.ts';
import * as parsers from '../../src/config/aws-parsers.ts';
import { commandLine } from '../../src/config/command-config.ts';
import { InputReader } from '../../src/config/input-reader.ts';
import { masksInInputs } from '../../src/config/masks.ts';
import { readProfiles } from '../../src/config/profiles-config.ts';
import { customTags } from '../../src/config/tags.ts';
import { linesOf, type Parser } from '../../src/config/text-parsers.ts';
import { ActionError } from '../../src/platform/errors.ts';
import { exemption } from '../../src/platform/http/proxy-settings.ts';
import { annotation } from '../../src/platform/runner/annotation.ts';
import { plainText } from '../../src/platform/runner/plain-text.ts';
import { addSections, existingSections, removeSections } from '../../src/shared-config/edit.ts';
import { knownFailure } from '../../src/sts/failure-table.ts';
import { conditionOutcome } from '../../src/trust/condition-operators.ts';
import { parseTrustPolicy } from '../../src/trust/document.ts';
import { evaluateTrust } from '../../src/trust/evaluate.ts';
import { risksOf } from '../../src/trust/risks.ts';
import { isCustomised, namesRepository, parseSubject } from '../../src/trust/subject.ts';

/** Characters of each text: what a file or an answer can be, and enough that work in its square takes minutes. */
const LENGTH = 500_000;
/** An input is a variable, and Linux takes none that is longer. */
const MAX_VARIABLE = 130_000;
const SUB = 'token.actions.githubusercontent.com:sub';

const fill = (part: string) => part.repeat(LENGTH / part.length);
const BLANKS = fill(' ');

const policyText = (value: string, operator = 'StringLike') =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: '*',
      Action: '*',
      Condition: { [operator]: { [SUB]: value } },
    },
  });

function verdictOn(text: string, subject: string): unknown {
  const policy = parseTrustPolicy(text);
  if ('unreadable' in policy) return policy;
  risksOf(policy, { iss: 'https://token.actions.githubusercontent.com', sub: 'repo:o@1/r@2:x' });
  return evaluateTrust(policy, {
    action: 'sts:AssumeRoleWithWebIdentity',
    principal: { type: 'Federated', ids: [] },
    context: new Map([[SUB, [subject]]]),
    isKnown: () => true,
  }).decision;
}

const profiles = (text: string) =>
  readProfiles(new InputReader(() => ''), 'profiles', text, {
    partition: undefined,
    isForPullRequest: false,
  });
const role = (name: string) => `role_arn=arn:aws:iam::111111111111:role/${name}`;
const run = (parser: Parser<unknown>) => (text: string) => parser(text);
const call = {
  request: { operation: 'AssumeRole' },
  endpoint: '',
} as unknown as Parameters<typeof knownFailure>[2];

/** Texts of others, each made to keep the one who reads it busy. */
export const LONG_TEXTS: Readonly<Record<string, () => unknown>> = {
  'StringLike with twelve *': () => verdictOn(policyText(`${'*a'.repeat(12)}*b`), fill('a')),
  'StringLike with twelve * under ArnLike': () =>
    conditionOutcome('ArnLike', [`arn:aws:iam::1:${fill('a')}`], [`arn:aws:iam::1:${'*a'.repeat(12)}*b`]),
  'StringLike with a * before each ?': () => verdictOn(policyText('*?'.repeat(1000)), fill('a')),
  'StringLike with the longest pattern that is read': () =>
    verdictOn(policyText(`*${'a'.repeat(8000)}?b*`), fill('a')),
  'an action with twelve *': () =>
    verdictOn(policyText('x').replace('"Action":"*"', `"Action":"${'*s*t'.repeat(12)}*!"`), 'x'),
  'a trust policy that is one long value': () => verdictOn(policyText(fill('*a')), fill('a')),
  'a trust policy of blanks': () => verdictOn(`${BLANKS}${policyText('x')}${BLANKS}`, 'x'),
  'a trust policy of brackets': () => parseTrustPolicy(`{"Statement":${fill('[')}${fill(']')}}`),
  'a trust policy of keys': () =>
    parseTrustPolicy(`{${Array.from({ length: 50_000 }, (_, at) => `"${at}":0`).join()}}`),
  'a trust policy of backslashes': () => parseTrustPolicy(`{"${fill('\\\\')}":"${fill('\\"')}"}`),
  'a subject of slashes in a trust policy': () => verdictOn(policyText(`repo:${'/'.repeat(15_000)}@`), 'x'),
  'a subject': () =>
    [`repo:${fill('a/')}`, `repo:${fill('@1')}`, fill('repo:')].map((sub) => {
      const claims = { sub, repository: 'o/r', repository_id: '1' };
      return [parseSubject(sub), isCustomised(claims), namesRepository(claims)];
    }),
  'profiles: a key and blanks': () => profiles(`[a]\n${role('a')}\nkey${BLANKS}x`),
  'profiles: blanks alone': () => profiles(BLANKS),
  'profiles: a header of blanks': () => profiles(`[profile${BLANKS}x`),
  'profiles: comments in one line': () => profiles(`[a]\nx = ${fill(' #')}\ry`),
  'profiles: line ends': () => profiles(fill('\r')),
  'profiles: headers': () => profiles(Array.from({ length: 60_000 }, (_, at) => `[${at}]`).join('\n')),
  'profiles: unknown sources': () =>
    profiles(
      Array.from({ length: 7000 }, (_, at) => `[a${at}]\n${role('a')}\nsource_profile=b${at}`).join('\n'),
    ),
  'profiles: a long chain': () =>
    profiles(
      Array.from({ length: 7000 }, (_, at) => `[a${at}]\n${role('a')}\nsource_profile=a${at + 1}`).join('\n'),
    ),
  'a list of paths': () => linesOf(parsers.filePath)(`a${BLANKS}b`),
  'a role ARN': () =>
    [`arn:aws:iam::111111111111:role/${fill('a/')}:`, fill('a/'), fill('a')].map((text) => [
      parseRoleArn(text),
      parseBareRole(text),
      roleOfSession(`arn:aws:sts::111111111111:assumed-role/${text}`),
    ]),
  'a region': () =>
    [`eu${fill('-a')}`, `eu-${fill('a')}`, `eu-a-${fill('1')}`].map((text) => [
      parsers.region(text),
      partitionOfRegion(text),
      nearestRegion(text),
    ]),
  'other inputs': () =>
    [fill('a'), fill('='), fill('1'), fill('A'), fill(', '), fill('\n'), `${fill('A')}===!`].map((text) =>
      [
        parsers.accountIds,
        parsers.samlAssertion,
        parsers.totpSecret,
        parsers.policyArns,
        parsers.roleChain,
        parsers.profileName,
        parsers.httpUrl,
        parsers.regions,
        parsers.inlinePolicy,
        customTags,
        parsers.proxyUrl,
      ].map((parser) => run(parser)(text.slice(0, MAX_VARIABLE))),
    ),
  'account IDs to mask': () => masksInInputs(() => fill('1')),
  'no-proxy': () =>
    [fill(','), fill('['), fill(']'), fill('.'), fill(':1'), fill('1.'), `[${fill(':')}/`].map((rules) =>
      exemption(rules)(new URL('https://sts.amazonaws.com')),
    ),
  'a command line': () => commandLine(`${fill('a')} ${fill('"" ')} ${fill(`"'" `)} ${fill(`'"' `)}`),
  'a config file': () =>
    [fill('[a'), `[${BLANKS}x`, `[a "${fill('"')}]`, fill(' #'), fill('\n'), fill('\r'), fill('#\n')].map(
      (text) => {
        existingSections(text, ['a']);
        const added = addSections(text, [{ header: 'b', settings: [] }], 'x', []);
        return removeSections(`${added}${text}`, 'x');
      },
    ),
  'an answer of STS': () => knownFailure('ValidationError', fill('DurationSeconds'), call),
  'an error of STS that is told for two profiles': () =>
    [fill('(request '), fill('arn:aws:iam::'), fill('1'), fill('arn:a')].map((found) => {
      const part = (name: string) => ({
        about: { name, code: 'STS_ACCESS_DENIED' as const },
        problem: 'x',
        found,
        remedy: 'x',
      });
      const parts = [part('a'), part('b')];
      return annotation(new ActionError('STS_ACCESS_DENIED', { problem: 'x', parts, remedy: 'x' }), '');
    }),
  'a line of the log': () => [fill('\n'), fill(' '), fill(':'), fill('##[')].map(plainText),
};

// Started as a program, it reads the named texts, and names each one that it has read.
const [, program, ...names] = process.argv;
if (program?.endsWith('long-texts.ts')) {
  for (const name of names) {
    const read = LONG_TEXTS[name];
    if (read === undefined) throw new Error(`there is no text ${name}`);
    read();
    process.stdout.write(`${name}\n`);
  }
}
