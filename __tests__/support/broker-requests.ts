import fc from 'fast-check';

/** A request as it goes over the wire: without the headers that every request has. */
export interface DrawnRequest {
  readonly line: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Requests to a broker whose session is at `pathname`: right ones, nearly right ones, and bytes. */
export function requestsTo(pathname: string, token: string): fc.Arbitrary<DrawnRequest> {
  const bytes = fc.string({ unit: 'binary', maxLength: 60 });
  const often = (arbitrary: fc.Arbitrary<string>) => ({ weight: 3, arbitrary });
  const rarely = (arbitrary: fc.Arbitrary<string>) => ({ weight: 1, arbitrary });

  const method = fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'get', 'BREW');
  const targets = [pathname, `${pathname}/`, `${pathname}?x`, `/x/..${pathname}`, `//${pathname}`, '*'];
  const target = fc.oneof(fc.constantFrom(...targets), fc.webPath());
  const line = fc.oneof(
    often(fc.constant(rightLine(pathname))),
    often(fc.tuple(method, target).map(([verb, path]) => `${verb} ${path} HTTP/1.1`)),
    rarely(bytes),
  );

  const tokens = [`Bearer ${token}`, `${token}x`, token.slice(1), token.toLowerCase(), ''];
  const wrongToken = fc.oneof(fc.constantFrom(...tokens), fc.string({ maxLength: 60 }));
  const framing = [
    'content-length: -1',
    'content-length: 99999999999',
    'transfer-encoding: chunked',
    'expect: 100-continue',
  ];
  const header = fc.oneof(
    often(fc.constant(rightHeader(token))),
    often(wrongToken.map((value) => `authorization: ${value}`)),
    rarely(fc.constantFrom(...framing)),
    rarely(bytes),
  );

  const body = fc.oneof(often(fc.constant('')), rarely(bytes));
  return fc.record({ line, headers: fc.array(header, { maxLength: 3 }), body });
}

/** How the broker has to answer: with the session, not with it, or either way (a right request with something odd). */
export function expectedAnswer(
  { line, headers, body }: DrawnRequest,
  pathname: string,
  token: string,
): 'session' | 'none' | 'either' {
  const right = rightHeader(token);
  if (line !== rightLine(pathname) || !headers.includes(right)) return 'none';
  return body === '' && headers.every((header) => header === right) ? 'session' : 'either';
}

const rightLine = (pathname: string) => `GET ${pathname} HTTP/1.1`;
const rightHeader = (token: string) => `authorization: ${token}`;
