/** The environment variables of a process; names that are not set are undefined. */
export type Environment = Readonly<Record<string, string | undefined>>;
