import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mayCall } from './assume-role.ts';
import { authenticate } from './authenticate.ts';
import type { Caller } from './credentials.ts';
import { newRequestId } from './request-id.ts';
import type { SignedRequest } from './sigv4.ts';
import { StsError } from './sts-error.ts';
import type { StsState } from './sts-state.ts';
import { type Answer, type Fault, type RecordedRequest, readRequest, type Traffic } from './traffic.ts';
import type { Organization } from './world.ts';

export interface OrganizationsServer {
  readonly server: Server;
  readonly url: string;
}

/** The most results of a page (Organizations API Reference, "ListAccounts", MaxResults). */
const PAGE_SIZE = 20;

type Input = Readonly<Record<string, unknown>>;

/** An error of AWS Organizations, by its name. */
class OrganizationsError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * Starts an AWS Organizations (JSON 1.1) that checks signature, caller and permissions, answers in pages, and puts an empty
 * page before the others, as AWS may.
 *
 * @param callers by access key ID, of all sessions that the lab issued
 */
export async function startOrganizations(
  state: StsState,
  callers: ReadonlyMap<string, Caller>,
  traffic: Traffic,
): Promise<OrganizationsServer> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const { body } = request;
    response.setHeader('date', new Date(state.now()).toUTCString());
    const operation = String(incoming.headers['x-amz-target'] ?? '').replace(
      /^AWSOrganizationsV20161128\./,
      '',
    );
    const input = JSON.parse(body || '{}') as Input;
    const record: RecordedRequest = {
      server: 'organizations',
      operation,
      parameters: Object.fromEntries(Object.entries(input).map(([name, value]) => [name, String(value)])),
      headers: incoming.headers,
      startedAt: Date.now(),
    };
    traffic.requests.push(record);
    const fault = traffic.faultFor(record);
    const answer = faultAnswer(fault) ?? answerTo(request, input, record);
    await traffic.reply(record, response, answer, fault);
  }

  function answerTo(request: SignedRequest, input: Input, record: RecordedRequest): Answer {
    try {
      const caller = authenticate(state, callers, request, record);
      return json(200, perform(state, record.operation, input, caller));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const name = error instanceof StsError ? (NAMES[error.code] ?? error.code) : error.name;
      record.errorCode = name;
      return json(400, { __type: name, Message: error.message });
    }
  }

  return { server, url: `http://127.0.0.1:${port}` };
}

/** The names of failed authentication in JSON protocols. */
const NAMES: Readonly<Record<string, string>> = {
  InvalidClientTokenId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  ExpiredToken: 'ExpiredTokenException',
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
};

function faultAnswer(fault: Fault['kind'] | undefined): Answer | undefined {
  if (fault === undefined || ['slow', 'truncated', 'edited'].includes(fault.name)) return undefined;
  if (fault.name === 'error') return json(fault.status, { __type: fault.code, Message: fault.message });
  return { status: 500, type: 'text/plain', body: '' };
}

function json(status: number, value: object): Answer {
  const headers = { 'x-amzn-requestid': newRequestId() };
  return { status, type: 'application/x-amz-json-1.1', body: JSON.stringify(value), headers };
}

function perform(state: StsState, operation: string, input: Input, caller: Caller): object {
  const organization = authorized(state, operation, caller);
  const { accounts, units, rootId } = organization;
  const parent = () => {
    const id = String(input.ParentId);
    if (id !== rootId && !units.some((unit) => unit.id === id))
      throw new OrganizationsError('ParentNotFoundException', "You specified parent that doesn't exist.");
    return id;
  };
  switch (operation) {
    case 'ListAccounts':
      return page('Accounts', accounts.map(described), input);
    case 'ListAccountsForParent': {
      const id = parent();
      return page('Accounts', accounts.filter((account) => account.parent === id).map(described), input);
    }
    case 'ListOrganizationalUnitsForParent': {
      const id = parent();
      const below = units.filter((unit) => unit.parent === id);
      return page(
        'OrganizationalUnits',
        below.map(({ id: unit, name }) => ({ Id: unit, Name: name })),
        input,
      );
    }
    case 'ListTagsForResource': {
      const account = accounts.find(({ id }) => id === input.ResourceId);
      if (account === undefined)
        throw new OrganizationsError('TargetNotFoundException', "You specified a target that doesn't exist.");
      const tags = Object.entries(account.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
      return page('Tags', tags, input);
    }
    default:
      throw new OrganizationsError('UnknownOperationException', `Unknown operation ${operation}`);
  }
}

/** The organization of the caller, if it may call the operation: from the management account, or by delegation. */
function authorized({ world }: StsState, operation: string, caller: Caller): Organization {
  const { organization } = world;
  const { accountId, arn } = caller;
  if (organization === undefined || !organization.accounts.some(({ id }) => id === accountId)) {
    throw new OrganizationsError(
      'AWSOrganizationsNotInUseException',
      'Your account is not a member of an organization.',
    );
  }
  const action = `organizations:${operation}`;
  if (!mayCall(caller, { action, resource: '*', context: new Map() })) {
    throw new OrganizationsError(
      'AccessDeniedException',
      `User: ${arn} is not authorized to perform: ${action} on resource: * because no identity-based policy allows the ${action} action`,
    );
  }
  const { managementAccountId, delegatedAdministrators = [] } = organization;
  if (![managementAccountId, ...delegatedAdministrators].includes(accountId)) {
    throw new OrganizationsError(
      'AccessDeniedException',
      "You don't have permissions to access this resource.",
    );
  }
  return organization;
}

function described({ id, name, state = 'ACTIVE' }: Organization['accounts'][number]) {
  return { Id: id, Name: name, State: state, Status: state === 'ACTIVE' ? 'ACTIVE' : 'SUSPENDED' };
}

/** The first page is empty. Tokens are opaque for clients. */
function page(member: string, items: readonly object[], { NextToken: token }: Input): object {
  const from = typeof token === 'string' ? Number(Buffer.from(token, 'base64').toString()) : -PAGE_SIZE;
  const next = from + PAGE_SIZE;
  const isLast = next >= items.length && from >= 0;
  return {
    [member]: items.slice(Math.max(0, from), Math.max(0, next)),
    ...(!isLast && { NextToken: Buffer.from(String(next)).toString('base64') }),
  };
}
