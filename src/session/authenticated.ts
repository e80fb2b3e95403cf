import type { Config } from '../config/config.ts';
import type { Plan } from '../plan/plan.ts';
import type { DeliveredSession } from './delivered-sessions.ts';
import type { Obtained } from './obtain-sessions.ts';

/** The result of the pipeline up to the guards: sessions that passed them, with the configuration they come from. */
export interface Authenticated {
  readonly config: Config;
  readonly plan: Plan;
  readonly sessions: readonly DeliveredSession[];
  /** Later steps have these credentials in their environment already, so variables stay as they are. */
  readonly ambient: boolean;
  /** The names of the profiles that failed and that `allow-partial` leaves out. */
  readonly failedNames: readonly string[];
  /** The outcome of each node of the plan; undefined with `use-existing-credentials`, which carries out no plan. */
  readonly outcomes?: Obtained | undefined;
}
