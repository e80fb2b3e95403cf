import type { Config } from '../config/config.ts';
import type { Plan } from '../plan/plan.ts';
import type { Host } from '../platform/host/host.ts';
import type { Connection } from '../session/connect.ts';
import type { Verdict } from '../trust/evaluate.ts';

export interface DiagnosisContext {
  readonly plan: Plan;
  readonly config: Config;
  readonly connection: Connection;
  readonly host: Host;
}

/** The verdicts of the trust policies in the workspace, by plan node. */
export type Verdicts = ReadonlyMap<string, Verdict>;
