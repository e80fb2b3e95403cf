import type { JobRun, TokenClaims } from '../model/types.ts';

/** A run without its claims. */
export type DraftRun = Omit<JobRun, 'claims'>;

/** The runs without duplicates. Two entries of a matrix often result in the same run. */
export class RunList {
  readonly #runs = new Map<string, JobRun>();

  /** @param decisive further values that distinguish the claims */
  add(run: DraftRun, decisive: readonly (string | undefined)[], claims: () => TokenClaims): void {
    const key = `${keyOf(run)}${JSON.stringify(decisive)}`;
    if (!this.#runs.has(key)) this.#runs.set(key, { ...run, claims: claims() });
  }

  get list(): readonly JobRun[] {
    return [...this.#runs.values()];
  }
}

function keyOf({
  workflow,
  job,
  called,
  event,
  ref,
  environment,
  fork,
  token,
  assumptions,
  hypotheses,
}: DraftRun): string {
  const steps = assumptions.map(({ role, audience, at, profile, through }) => [
    role.shown,
    audience.shown,
    at,
    profile,
    through,
  ]);
  return JSON.stringify([
    workflow,
    job,
    called,
    event,
    ref.shown,
    environment?.shown,
    fork,
    token.state,
    steps,
    hypotheses,
  ]);
}
