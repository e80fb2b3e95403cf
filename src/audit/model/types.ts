import type { Value } from '../texts/value.ts';

/** A file as it was read; `path` is relative to the root of the repository, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The position of a fact. The first line is 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
}

/** Something that was not read or not understood. The audit says nothing about it. */
export interface Gap extends Position {
  readonly what: string;
}

/** The files of the repository. */
export interface Sources {
  readonly workflows: readonly SourceFile[];
  /** Returns the text of another file: a composite action, a profiles file, a called workflow. */
  readonly read: (path: string) => string | undefined;
  /** Returns the text of a called workflow of another repository, by `OWNER/NAME/PATH@REF`. By default none is read. */
  readonly readRemote?: (reference: string) => string | undefined;
}

/** The input `variables`: values of contexts. Names are compared without case. */
interface Variables {
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  /** By environment: values that override those of the repository. */
  readonly environments?: Readonly<Record<string, Pick<Variables, 'vars' | 'secrets'>>>;
}

/** Facts about the repository that its files do not contain. */
export interface Facts {
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly repositoryId?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly defaultBranch?: string | undefined;
  /** The claim keys of a customised subject: `repo`, `context`, `job_workflow_ref`. */
  readonly subjectClaims?: readonly string[] | undefined;
  /** `ghes` is GitHub Enterprise Server, which does not support immutable subjects. The default is `github.com`. */
  readonly server?: 'github.com' | 'ghes';
  readonly variables?: Variables;
}

/** The claims of a job's token. */
export interface TokenClaims {
  /** `sub` with names only and, unless the server is GitHub Enterprise Server, with IDs. */
  readonly subject: { readonly name: Value; readonly immutable: Value | undefined };
  /** All other claims except `aud`, by name. */
  readonly values: ReadonlyMap<string, Value>;
  /** Claims that the token does not have. A claim that is neither here nor in `values` may be present or absent. */
  readonly absent: ReadonlySet<string>;
}

/** Whether the job can get a token. */
export type TokenAccess =
  | { readonly state: 'granted' }
  | {
      /** `missing`: no `id-token: write`. `fork`: the pull request comes from a fork. `unknown`: see `why`. */
      readonly state: 'missing' | 'fork' | 'unknown';
      /** A sentence without the full stop. */
      readonly why: string;
      /** The permission, or the job that lacks it. */
      readonly at: Position;
    };

/** A role that a step assumes with the job's token. */
export interface Assumption {
  /** An ARN, or a name where the account is not known. Parts can be unknown. */
  readonly role: Value;
  readonly audience: Value;
  /** The audience of the second attempt, which this action makes in partitions other than `aws`. */
  readonly otherAudience: Value | undefined;
  readonly action: 'assume-aws-roles' | 'configure-aws-credentials';
  /** The name of the profile, for steps with `profiles`. */
  readonly profile: string | undefined;
  /** The step. */
  readonly at: Position;
  /** For a step of a composite action: the steps that use the actions, outermost first. */
  readonly through: readonly Position[];
}

/** One kind of run of a job. */
export interface JobRun {
  /** The file of the workflow that the event triggers. */
  readonly workflow: string;
  /** The job of that workflow. It calls the workflow in `called`, if any. */
  readonly job: string;
  /** The position of `job`. */
  readonly at: Position;
  /** The job of a called workflow that has the steps. `file` is `OWNER/NAME/PATH@REF` in another repository. */
  readonly called: { readonly file: string; readonly job: string; readonly at: Position } | undefined;
  readonly event: string;
  /** The full ref. */
  readonly ref: Value;
  /** Undefined without an environment. */
  readonly environment: Value | undefined;
  /** Whether a pull request from a fork triggers the run. */
  readonly fork: boolean;
  readonly token: TokenAccess;
  readonly claims: TokenClaims;
  /**
   * The roles that the steps assume with the token. A step whose `if` excludes some refs has a run of its own, beside the run
   * of the same job without that role.
   */
  readonly assumptions: readonly Assumption[];
  /** Unknown values on which it depends whether this run happens: `vars.DEPLOY`. */
  readonly hypotheses: readonly string[];
}

/** All runs of all jobs, and what was not read. */
export interface WorkflowAudit {
  readonly runs: readonly JobRun[];
  readonly gaps: readonly Gap[];
}
