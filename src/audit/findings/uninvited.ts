import type { JobRun } from '../model/types.ts';
import type { FindingContext } from './context.ts';

/** A job that a role lets in, and that never assumes the role. */
export interface Uninvited {
  /** What the policy file calls the role. */
  readonly role: string;
  readonly file: string;
  readonly workflow: string;
  readonly job: string;
  readonly event: string;
}

/** The jobs of the repository that roles let in though they never ask. Each can get an OIDC token. */
export function uninvitedJobs({ roles, reach, judged, formats }: FindingContext): readonly Uninvited[] {
  const found = new Map<string, Uninvited>();
  for (const role of roles) {
    const asking = new Set(
      judged.filter(({ match }) => match?.role === role).map(({ run }) => nameOfJob(run)),
    );
    for (const { runs, format, verdict } of reach.get(role) ?? []) {
      const letsIn = verdict.decision === 'allowed' || verdict.decision === 'depends';
      if (!letsIn || !formats.includes(format)) continue;
      for (const run of runs) {
        if (run.token.state !== 'granted' || asking.has(nameOfJob(run))) continue;
        const { workflow, job, event } = run;
        const one = { role: role.label, file: role.at.file, workflow, job, event };
        found.set(JSON.stringify(one), one);
      }
    }
  }
  return [...found.values()];
}

function nameOfJob({ workflow, job }: JobRun): string {
  return `${workflow}#${job}`;
}
