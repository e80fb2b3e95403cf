import { describe, expect, test } from '@jest/globals';
import { httpUrl } from '../../../src/config/aws-parsers.ts';
import { boolean, linesOf, listOf, oneOf, text, wholeNumber } from '../../../src/config/text-parsers.ts';

describe('a boolean', () => {
  test.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
  ])('%s is %j', (word, value) => {
    expect(boolean(word)).toEqual({ value });
  });

  test.each(['tRUE', 'yes', '1', 'true!', '!true', 'nottrue', 'falsehood'])('%s is not valid', (word) => {
    expect(boolean(word)).toEqual({ expected: 'true or false', remedy: 'Write true or false.' });
  });
});

describe('a whole number from 5 to 20', () => {
  const parse = wholeNumber(5, 20, 'apples');

  test.each([
    ['5', 5],
    ['007', 7],
    ['20', 20],
  ])('%s is %i', (digits, value) => {
    expect(parse(digits)).toEqual({ value });
  });

  test.each(['4', '21', '1e1', '6.0', '+6', '-6', '6 apples', '0x9', '0000000006'])(
    '%s is not valid',
    (digits) => {
      expect(parse(digits)).toEqual({
        expected: 'a whole number of apples from 5 to 20',
        remedy: 'Write digits only, such as 5.',
      });
    },
  );
});

test('a word is one of those allowed, in the same letter case', () => {
  const parse = oneOf('on', 'off');
  expect(parse('off')).toEqual({ value: 'off' });
  expect(parse('Off')).toEqual({ expected: 'on, off', remedy: 'Use one of these words.' });
});

describe('a list', () => {
  test('has values separated by commas or white space, or only by lines', () => {
    const written = ' a b,,c ,\n\td';
    expect(listOf(text)(written)).toEqual({ value: ['a', 'b', 'c', 'd'] });
    expect(linesOf(text)(written)).toEqual({ value: ['a b,,c ,', 'd'] });
  });

  test('has at least one value', () => {
    const problem = { expected: 'at least one value', remedy: 'Write a value, or remove the input.' };
    expect(listOf(text)(' ,\n')).toEqual(problem);
    expect(linesOf(text)(' \n\t')).toEqual(problem);
  });

  test('is not valid because of its first wrong value, which the problem shows', () => {
    expect(listOf(boolean)('true, yes, no')).toEqual({
      found: 'yes',
      expected: 'true or false',
      remedy: 'Write true or false.',
    });
  });

  test('does not show a value that the parser of the value hides', () => {
    expect(listOf(httpUrl)('http://a ftp://user:word@b')).toMatchObject({
      found: '17 characters (not shown because they may contain a password)',
    });
  });
});
