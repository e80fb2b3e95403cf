/** The environment variables of a process; undefined for a variable that is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;
