import { InputReader } from '../config/input-reader.ts';
import * as parse from '../config/parsers.ts';
import { readProfiles } from '../config/profiles-config.ts';
import { profilesText } from '../config/profiles-source.ts';
import type { Host } from '../platform/host/host.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';

/**
 * The `matrix/` action: profiles as JSON for `strategy.matrix`, one entry each with name, account, region and role.
 * Asks nobody anything.
 */
export async function buildMatrix(host: Host): Promise<void> {
  const { runner, env } = host;
  const inputs = new InputReader(runner.input);
  const source = await profilesText(runner.input, jobFromEnvironment(env).workspace);
  if (source === undefined) {
    inputs.problem({
      input: 'profiles-file',
      found: 'neither profiles nor profiles-file',
      expected: 'profiles, or a file with them',
      remedy: 'Add profiles-file under with:.',
    });
  }
  const profiles = source === undefined ? [] : readProfiles(inputs, source.input, source.text, undefined);
  const names = profiles.map(({ name }) => name);
  const selected = inputs.withDefault(
    'select-profiles',
    parse.listOf(parse.knownAs('a profile', names)),
    names,
  );
  const fallback = inputs.optional('aws-region', parse.region) ?? '';
  inputs.assertNoProblems();

  const include = profiles
    .filter(({ name }) => selected.includes(name))
    .map(({ name, role, region }) => ({
      name,
      account: role.accountId,
      region: region ?? fallback,
      role: role.arn,
    }));
  runner.setOutput('matrix', JSON.stringify({ include }));
  runner.setOutput('names', JSON.stringify(include.map(({ name }) => name)));
  runner.info(
    `${include.length} profiles: ${include.map(({ name, account }) => `${name} (${account})`).join(', ')}`,
  );
}
