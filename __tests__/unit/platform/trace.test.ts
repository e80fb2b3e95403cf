import { describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../src/platform/errors.ts';
import { nameOfError, traceOf } from '../../../src/platform/trace.ts';

/** An error with this stack below its message. */
function errorAt(message: string, frames: readonly string[], cause?: unknown): Error {
  const error = new TypeError(message, { cause });
  error.stack = [`TypeError: ${message}`, ...frames].join('\n');
  return error;
}

describe('the name of an error', () => {
  const named = (name: unknown, code?: unknown) => ({ name, code });
  test.each<[string, unknown, string]>([
    [
      'ours, with its code',
      new ActionError('OIDC_FORK', { problem: 'x', remedy: 'y' }),
      'ActionError OIDC_FORK',
    ],
    ['of Node.js', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'Error ECONNRESET'],
    ['of Node.js with underscores', named('Error', 'ERR_INVALID_URL'), 'Error ERR_INVALID_URL'],
    ['of the SDK', named('ExpiredTokenException'), 'ExpiredTokenException'],
    ['of 39 letters', named('a'.repeat(39)), 'a'.repeat(39)],
    ['of one letter', named('a'), 'a'],
    ['of 40 letters', named('a'.repeat(40)), 'unknown'],
    ['without letters', named(''), 'unknown'],
    ['of capital letters, as an access key ID has', named('AKIAIOSFODNN'), 'unknown'],
    ['of one capital letter and others', named('aAAA'), 'aAAA'],
    ['with a small letter at its end', named('AAAa'), 'AAAa'],
    ['with another character before it', named('.Error'), 'unknown'],
    ['with another character after it', named('Error1'), 'unknown'],
    ['that is no text', named(7), 'unknown'],
    ['that turns into a text', named({ toString: () => 'Secret' }), 'unknown'],
    ['with a code that is no text', named('Error', { toString: () => 'SECRET' }), 'Error'],
    ['with a code that is a number', named('Error', 7), 'Error'],
    ['with a code of one letter', named('Error', 'E'), 'Error'],
    ['with a code of two letters', named('Error', 'EX'), 'Error EX'],
    ['with a code of 61 letters', named('Error', 'E'.repeat(61)), `Error ${'E'.repeat(61)}`],
    ['with a code of 62 letters', named('Error', 'E'.repeat(62)), 'Error'],
    ['with a code that begins otherwise', named('Error', '1EX'), 'Error'],
    ['with a code that begins with an underscore', named('Error', '_EX'), 'Error'],
    ['with a code that ends otherwise', named('Error', 'EX1'), 'Error'],
    ['of a text', 'secret', 'unknown'],
    ['of nothing', undefined, 'unknown'],
  ])('%s', (_what, error, name) => {
    expect(nameOfError(error)).toBe(name);
  });
});

describe('the trace of an error', () => {
  test('has the names and the frames of its causes, and no message', () => {
    const cause = errorAt('secret of the cause', ['    at async node:internal/net.js:7:1']);
    const error = errorAt('secret', ['    at f (file:///work/dist/main/index.js:12:34)'], cause);
    expect(traceOf(error)).toBe(
      ['TypeError', '    at index.js:12:34', 'caused by TypeError', '    at net.js:7:1'].join('\n'),
    );
  });

  test.each<[string, string, string[]]>([
    ['a function', '    at Object.f [as g] (/work/a-b_c.1.js:1:2)', ['    at a-b_c.1.js:1:2']],
    ['a module', '    at file:///work/x.js:1:2', ['    at x.js:1:2']],
    ['a file', '    at /work/x.js:1:2', ['    at x.js:1:2']],
    ['no file', '    at Array.map (<anonymous>)', []],
    ['a name of other characters', '    at f (/work/x+y.js:1:2)', []],
    ['a name that ends in other characters', '    at f (/work/x.js+:1:2)', []],
    ['text', 'of the message', []],
  ])('has frames with %s', (_what, frame, shown) => {
    expect(traceOf(errorAt('x', [frame]))).toBe(['TypeError', ...shown].join('\n'));
  });

  test('has no lines of a message that look like frames', () => {
    const message = 'first\n    at f (secret.js:1:2)\n    at f (secret.js:3:4)';
    expect(traceOf(errorAt(message, ['    at f (x.js:5:6)']))).toBe('TypeError\n    at x.js:5:6');
  });

  test('has no frames where the message changed, so that it cannot be told from them', () => {
    const error = errorAt('a', ['    at f (x.js:1:2)']);
    error.message = 'changed';
    expect(traceOf(error)).toBe('TypeError');
    delete error.stack;
    expect(traceOf(error)).toBe('TypeError');
  });

  test('has the frames of an error without a message', () => {
    const error = errorAt('', []);
    error.stack = '    at f (x.js:1:2)';
    expect(traceOf(error)).toBe('TypeError\n    at x.js:1:2');
  });

  test('ends at a cause that is no error', () => {
    expect(traceOf(errorAt('x', [], 'secret'))).toBe('TypeError\ncaused by unknown');
    expect(traceOf(errorAt('x', [], { name: 'Failure', cause: new Error('x') }))).toBe(
      'TypeError\ncaused by Failure',
    );
    expect(traceOf(null)).toBe('unknown');
    expect(traceOf(undefined)).toBe('');
  });

  test('ends after five errors', () => {
    const endless = errorAt('x', []);
    endless.cause = endless;
    expect(traceOf(endless)).toBe(['TypeError', ...Array(4).fill('caused by TypeError')].join('\n'));
  });
});
