import { ACCOUNT_MISTAKES } from './mistakes/accounts.ts';
import { BROKER_MISTAKES } from './mistakes/broker.ts';
import { COMMAND_MISTAKES } from './mistakes/commands.ts';
import { DELIVERY_MISTAKES } from './mistakes/delivery.ts';
import { FLEET_MISTAKES } from './mistakes/fleets.ts';
import { IDENTITY_MISTAKES } from './mistakes/identity.ts';
import type { Mistake } from './mistakes/mistake.ts';
import { REFRESH_MISTAKES } from './mistakes/refresh.ts';

export type { Mistake };

export const MISTAKES: readonly Mistake[] = [
  ...IDENTITY_MISTAKES,
  ...DELIVERY_MISTAKES,
  ...COMMAND_MISTAKES,
  ...REFRESH_MISTAKES,
  ...BROKER_MISTAKES,
  ...FLEET_MISTAKES,
  ...ACCOUNT_MISTAKES,
];
