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
export async function subjectTemplate({ env, http, token }: Api): Promise<SubjectTemplate | Unreadable> {
  if (token === '') return { unreadable: 'github-token is empty' };
  const { getOctokit } = await loadToolkit();
  const octokit = getOctokit(token, {
    baseUrl: env.GITHUB_API_URL || 'https://api.github.com',
    request: { fetch: fetchBy(http) },
    log: SILENT,
  });
  const [owner = '', repo = ''] = jobFromEnvironment(env).repository.split('/');
  try {
    const path = 'GET /repos/{owner}/{repo}/actions/oidc/customization/sub';
    const { data } = await octokit.request(path, { owner, repo });
    const { use_default: useDefault, include_claim_keys: keys, sub_claim_prefix } = data as Customisation;
    const immutable = sub_claim_prefix?.includes('@');
    if (keys?.length || useDefault !== false) return { keys: keys ?? [], immutable };
    const ofOrganisation = 'GET /orgs/{org}/actions/oidc/customization/sub';
    const answer = await octokit.request(ofOrganisation, { org: owner });
    return { keys: (answer.data as Customisation).include_claim_keys ?? [], immutable };
  } catch (error) {
    // The toolkit gives an error without a response the status 500.
    const { status, response } = error as { status?: number; response?: object };
    const why = response === undefined ? 'no response' : `HTTP ${status}`;
    return { unreadable: `${why} from GitHub's API; github-token needs the permission actions: read` };
  }
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** With a proxy, the toolkit creates an undici agent on import, but the bundle has no undici (`scripts/build.ts`). */
async function loadToolkit(): Promise<typeof import('@actions/github')> {
  const { no_proxy: before } = process.env;
  process.env.no_proxy = '*';
  try {
    return await import('@actions/github');
  } finally {
    if (before === undefined) delete process.env.no_proxy;
    else process.env.no_proxy = before;
  }
}

/** The requests of the action, with its proxy and limits, as the `fetch` of the toolkit. */
function fetchBy(http: HttpSend) {
  return async (url: string, { headers }: { headers: Record<string, string> }): Promise<Response> => {
    const { status, body } = await http({ url: new URL(url), headers, signal: AbortSignal.timeout(API_MS) });
    return new Response(body, { status, headers: { 'content-type': 'application/json' } });
  };
}
