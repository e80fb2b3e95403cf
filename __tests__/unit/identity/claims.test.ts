import { expect, test } from '@jest/globals';
import { decodeClaims } from '../../../src/identity/claims.ts';

const token = (payload: string) => `e30.${Buffer.from(payload).toString('base64url')}.sig`;

test.each([{ sub: 'repo:o/r:environment:Größe/日本?>' }, { sub: '' }, {}])(
  '%j are the claims of a token',
  (claims) => expect(decodeClaims(token(JSON.stringify(claims)))).toEqual(claims),
);

test.each(['', 'a.b', 'e30.!!!.sig', 'e30.e30', token('[]'), token('null'), token('"x"'), token('{')])(
  '%j has no claims',
  (text) => expect(decodeClaims(text)).toBeUndefined(),
);
