import { awsTrust, defaultWorld, type World } from '../lab/world.ts';

const HUB = 'arn:aws:iam::111111111111:role/deploy-hub';

/** A hub and `count` accounts that trust it, with the profiles for all of them. */
export function fleetOf(count: number): { readonly world: World; readonly profiles: string } {
  const world = defaultWorld();
  const accounts = accountIds(count);
  for (const account of accounts)
    world.accounts[account] = { oidcProviders: [], roles: [{ name: 'deploy', trustPolicy: awsTrust(HUB) }] };
  const sections = accounts.map(
    (account) => `[profile a${account}]\nsource_profile = hub\nrole_arn = ${roleIn(account)}`,
  );
  return { world, profiles: [`[profile hub]\nrole_arn = ${HUB}`, ...sections, ''].join('\n') };
}

export function accountIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(400_000_000_000 + index));
}

export function roleIn(account: string): string {
  return `arn:aws:iam::${account}:role/deploy`;
}
