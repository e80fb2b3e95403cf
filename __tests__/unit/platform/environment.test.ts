import { expect, test } from '@jest/globals';
import { withCapitals } from '../../../src/platform/environment.ts';

test('on Windows, known variables count whatever their case; others keep their names', () => {
  const env = { Aws_Region: 'x', home: 'y', 'input_aws-region': 'z', Path: 'p', MyVar: 'v' };
  expect(withCapitals(env, 'linux')).toEqual(env);
  expect(withCapitals(env, 'win32')).toEqual({
    AWS_REGION: 'x',
    HOME: 'y',
    'INPUT_AWS-REGION': 'z',
    Path: 'p',
    MyVar: 'v',
  });
});
