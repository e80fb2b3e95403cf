import type { Value } from '../texts/value.ts';

/** A file as it was read; `path` is relative to the root of the repository, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Where a fact stands. Lines begin with 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
}

/** Something that was not read or not understood, so that nothing here says whether it is right. */
export interface Gap extends Position {
  readonly what: string;
}

/** Where files come from. */
export interface Sources {
  readonly workflows: readonly SourceFile[];
  /** The text of another file of the repository: a composite action, a file of profiles, a called workflow. */
  readonly read: (path: string) => string | undefined;
  /** The text of a called workflow of another repository, by `OWNER/NAME/PATH@REF`; none are read by default. */
  readonly readRemote?: (reference: string) => string | undefined;
}

/** Values of `vars`, `secrets` and the like; names are compared without case. */
export interface Variables {
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What an environment has in place of the repository's own. */
  readonly environments?: Readonly<Record<string, Pick<Variables, 'vars' | 'secrets'>>>;
}

/** What the files themselves do not say. */
export interface Facts {
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly repositoryId?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly defaultBranch?: string | undefined;
  /** The claim keys of a customised subject, such as `repo`, `context`, `job_workflow_ref`. */
  readonly subjectClaims?: readonly string[] | undefined;
  /** `ghes` for GitHub Enterprise Server, where subjects have no immutable form. */
  readonly server?: 'github.com' | 'ghes';
  readonly variables?: Variables;
}

/** The claims of the token that a job would get. */
export interface TokenClaims {
  /** `sub` in the form with names only, and in the form with IDs; the latter is undefined where the server has no such form. */
  readonly subject: { readonly name: Value; readonly immutable: Value | undefined };
  /** All others but `aud`, by name. */
  readonly values: ReadonlyMap<string, Value>;
  /** Those that the token surely lacks, `environment` of a job without one. Any that is in neither may be there or not. */
  readonly absent: ReadonlySet<string>;
}

/** Whether the job can get a token. */
export type TokenAccess =
  | { readonly state: 'granted' }
  | {
      /** `missing`: no `id-token: write`. `fork`: the pull request comes from a fork. `unknown`: see `why`. */
      readonly state: 'missing' | 'fork' | 'unknown';
      /** A sentence without its full stop. */
      readonly why: string;
      /** Where the permission is set, or the job that lacks it. */
      readonly at: Position;
    };

/** A step that presents the job's token to assume a role. */
export interface Assumption {
  /** An ARN, a name alone, or a text with unknown parts. */
  readonly role: Value;
  readonly audience: Value;
  /** The audience of a second attempt, where the provider rejects the default one (this action, in other partitions). */
  readonly otherAudience: Value | undefined;
  readonly action: 'assume-aws-roles' | 'configure-aws-credentials';
  /** The profile whose role it is. */
  readonly profile: string | undefined;
  /** The step in the file that holds it. */
  readonly at: Position;
  /** The steps that lead to it, outermost first, where composite actions hold it. */
  readonly through: readonly Position[];
}

/** A job as one of the events runs it. */
export interface JobRun {
  /** The file of the workflow that the event starts. */
  readonly workflow: string;
  /** The job in that workflow. */
  readonly job: string;
  /** The job, or the one that calls the workflow which holds it. */
  readonly at: Position;
  /** The called workflow's file (`OWNER/NAME/PATH@REF` for another repository's) and job, where one holds the steps. */
  readonly called: { readonly file: string; readonly job: string; readonly at: Position } | undefined;
  readonly event: string;
  /** The full ref. */
  readonly ref: Value;
  /** Undefined for none. */
  readonly environment: Value | undefined;
  /** Whether the run is that of a pull request from a fork. */
  readonly fork: boolean;
  readonly token: TokenAccess;
  readonly claims: TokenClaims;
  /** The roles that its steps assume with the token; none for jobs that do not ask. */
  readonly assumptions: readonly Assumption[];
  /** What was assumed for this run to happen, such as `vars.DEPLOY`; with others the job may not run so at all. */
  readonly hypotheses: readonly string[];
}

/** What the workflows say. */
export interface WorkflowAudit {
  readonly runs: readonly JobRun[];
  readonly gaps: readonly Gap[];
}
