import type { Environment } from '../environment.ts';
import type { HttpSend } from '../http/http.ts';
import type { Unreadable } from '../unreadable.ts';
import { jobFromEnvironment } from './job.ts';

/** How the subjects of the repository are made. */
interface SubjectTemplate {
  /** None for the default form. */
  readonly keys: readonly string[];
  /** Whether subjects have the IDs of owner and repository; undefined if the API does not tell. */
  readonly immutable: boolean | undefined;
}

/** GitHub REST API, "Get the customization template for an OIDC subject claim for a repository", and "… organization". */
interface Customisation {
  readonly use_default?: boolean;
  readonly include_claim_keys?: readonly string[];
  /** `repo:OWNER@ID/NAME@ID` for immutable subjects. */
  readonly sub_claim_prefix?: string;
}

/** Milliseconds for one request: a diagnosis is not worth a longer wait. */
const API_MS = 5_000;

interface Api {
  readonly env: Environment;
  readonly http: HttpSend;
  /** May be empty. */
  readonly token: string;
}

/** The claim keys that the repository or organization chose for the subject, or why they are not readable. */
export async function subjectTemplate(api: Api): Promise<SubjectTemplate | Unreadable> {
  if (api.token === '') return { unreadable: 'github-token is empty' };
  const { repository } = jobFromEnvironment(api.env);
  try {
    const own = await customisation(`repos/${repository}`, api);
    const { use_default: useDefault, include_claim_keys: keys, sub_claim_prefix } = own;
    const immutable = sub_claim_prefix?.includes('@');
    if (keys?.length || useDefault !== false) return { keys: keys ?? [], immutable };
    const [owner] = repository.split('/');
    const { include_claim_keys } = await customisation(`orgs/${owner}`, api);
    return { keys: include_claim_keys ?? [], immutable };
  } catch (error) {
    const why = error instanceof RefusedError ? `HTTP ${error.status}` : 'no response';
    return { unreadable: `${why} from GitHub's API; github-token needs the permission actions: read` };
  }
}

class RefusedError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

/** @param owner the path of a repository or an organization in the API */
async function customisation(owner: string, { env, http, token }: Api): Promise<Customisation> {
  const { status, body } = await http({
    url: new URL(`${env.GITHUB_API_URL || 'https://api.github.com'}/${owner}/actions/oidc/customization/sub`),
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `token ${token}`,
      'user-agent': 'assume-aws-roles',
      'x-github-api-version': '2022-11-28',
    },
    signal: AbortSignal.timeout(API_MS),
  });
  if (status !== 200) throw new RefusedError(status);
  return JSON.parse(body) as Customisation;
}
