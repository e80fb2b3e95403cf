import type { Config } from '../config/config.ts';
import type { Plan } from '../plan/plan.ts';
import type { NamedSession } from './named-sessions.ts';
import type { Obtained } from './obtain-sessions.ts';

/** Sessions that passed every guard, ready to be handed to somebody. */
export interface Authenticated {
  readonly config: Config;
  readonly plan: Plan;
  readonly sessions: readonly NamedSession[];
  /** Whether whoever gets them has the credentials already. */
  readonly ambient: boolean;
  /** The names of profiles that `allow-partial` let fail. */
  readonly failedNames: readonly string[];
  /** What became of each node of the plan; undefined when existing credentials are used instead. */
  readonly outcomes?: Obtained | undefined;
}
