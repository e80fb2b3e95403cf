import { remarksOnRegions } from '../aws/regions.ts';
import type { Config } from '../config/config.ts';
import { remarksOnPlan } from '../plan/describe-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { Host } from '../platform/host/host.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import { docsLink } from '../platform/runner/report.ts';
import type { Authenticated } from '../session/delivered-sessions.ts';

/** Warns about regions that are not known: they are new, or misspelled. */
export function warnAboutRegions({ region, profiles, sts }: Config, { runner }: Host): void {
  const regionsOfProfiles = profiles?.entries.flatMap((profile) => profile.region ?? []) ?? [];
  const regions = [...regionsOfProfiles, ...(sts.fallbackRegions ?? [])];
  for (const warning of remarksOnRegions(region, regions)) runner.warning(warning);
}

/** Warns about flat inputs that have no effect on the plan. */
export function warnAboutPlan(config: Config, plan: Plan, { runner }: Host): void {
  if (config.profiles !== undefined) return;
  const { warnings, notices } = remarksOnPlan(config, plan);
  for (const warning of warnings) runner.warning(warning);
  for (const notice of notices) runner.info(notice);
}

/** Warns about a job that is about to get credentials in a risky way. */
export function warnAboutRun({ config, sessions, ambient }: Authenticated, { runner, env }: Host): void {
  if (ambient && config.roleMayBeMissing) {
    const arns = sessions.map(({ session }) => session.arn).join(', ');
    runner.warning(
      `role-to-assume is empty, so later steps use the credentials that the runner already has: ${arns}. If you meant to assume a role, check that the variable or secret in role-to-assume is set for this job, its environment and its trigger. If not, set auth: ambient.`,
    );
  }
  const { eventName } = jobFromEnvironment(env);
  if (config.warnOnPrivilegedTrigger && PRIVILEGED.includes(eventName)) {
    const page = docsLink('security.md#triggers', env) ?? 'docs/security.md#triggers';
    runner.warning(
      `The event ${eventName} started this job, which is about to get AWS credentials. If the job runs code or files of a pull request, the author of the pull request gets the credentials too. See ${page}. To turn off this warning, set warn-on-privileged-trigger: false.`,
    );
  }
}

/** Events whose jobs have the permissions of the repository but often process the code of others. */
const PRIVILEGED = ['pull_request_target', 'workflow_run'];
