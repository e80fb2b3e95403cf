/** The environment variables of a process; undefined for a variable that is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of the runner, of AWS, and of this action. */
const KNOWN = /^(?:ACTIONS|AWS|GITHUB|INPUT|RUNNER|STATE)_|^(?:HOME|USERPROFILE)$/i;

/** A copy in which known variables have their names in capitals on Windows, where every program finds `aws_region`, too. */
export function withCapitals(env: Environment, platform: NodeJS.Platform): Environment {
  if (platform !== 'win32') return { ...env };
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [KNOWN.test(name) ? name.toUpperCase() : name, value]),
  );
}
