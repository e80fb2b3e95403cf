import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addSections,
  existingSections,
  removeSections,
  type Section,
} from '../../../src/shared-config/edit.ts';

const OURS: Section[] = [
  { header: 'profile ours', settings: [['region', 'eu-west-1']] },
  {
    header: 'default',
    settings: [
      ['region', 'us-east-1'],
      ['output', 'json'],
    ],
  },
];

/** Files as people have them. */
const CORPUS: Record<string, string> = {
  'an empty file': '',
  'a byte order mark alone': '\uFEFF',
  'one section': '[profile a]\nregion = eu-west-1\n',
  'no newline at the end': '[profile a]\nregion = eu-west-1',
  'several empty lines at the end': '[profile a]\nregion = eu-west-1\n\n\n',
  'Windows line ends': '[profile a]\r\nregion = eu-west-1\r\n',
  'Windows line ends, none at the end': '[profile a]\r\nregion = eu-west-1',
  'a carriage return alone at the end': '[profile a]\rregion = eu-west-1\r',
  'mixed line ends': '[profile a]\r\nregion = eu-west-1\n[profile b]\r\n',
  'a byte order mark': '\uFEFF[profile a]\nregion = eu-west-1\n',
  'a nested block':
    '[profile a]\ns3 =\n  max_concurrent_requests = 20\n  max_queue_size = 1000\nregion = us-west-2\n',
  'a nested block at the end': '[profile a]\ns3 =\n  max_concurrent_requests = 20',
  'a nested block with tabs': '[profile a]\ns3 =\n\tmax_concurrent_requests = 20\n',
  'odd spacing': '  [ profile   a ]  \nregion=eu-west-1\n   output   =   json\n',
  'comments everywhere': '# top\n[profile a] # of team a\n; note\nregion = eu-west-1 # home\n# last',
  'comments alone': '# nothing here\n; nor here\n',
  'sections twice': '[profile a]\nregion = eu-west-1\n[profile a]\nregion = eu-west-2\n',
  'an sso-session':
    '[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n[profile a]\nsso_session = corp\n',
  'a services section':
    '[services local]\ns3 =\n  endpoint_url = http://localhost:4566\n[profile a]\nservices = local\n',
  'a plugins section': '[plugins]\ncli_legacy_plugin_path = /opt/x\n',
  'a default that we replace':
    '[default]\nregion = ap-south-1\noutput = text\n\n[profile b]\nregion = eu-west-1\n',
  'a default in the middle':
    '[profile b]\nregion = eu-west-1\n\n[default]\nregion = ap-south-1\n# after default\n\n[profile c]\nrole_arn = arn:aws:iam::1:role/x\n',
  'our name already, with nested settings':
    '[profile ours]\ns3 =\n  addressing_style = path\n\n[profile b]\n',
  'our name in odd spacing, twice': '[ profile  ours ] # mine\nregion = a\n[profile "ours"]\nregion = b',
  'our name at the end without newline': '[profile ours]\nregion = x',
  'a key without a value': '[profile a]\nregion =\noutput\n',
  'a value with = and #': '[profile a]\ncredential_process = /opt/x --flag=1 "a # b"\n',
  'letters of all kinds': '[profile größe]\nregion = eu-west-1\n# 東京\n',
  'lines before the first section': 'region = eu-west-1\n\n[profile a]\n',
  'a very long line': `[profile a]\ncredential_process = ${'x'.repeat(10_000)}\n`,
  'a broken header': '[profile a\nregion = eu-west-1\n]\n',
  'a block of an earlier step': addSections('[profile a]\nregion = eu-west-1', OURS, 'earlier'),
};

describe('adding and removing gives the same bytes', () => {
  test.each(Object.entries(CORPUS))('%s', (_name, text) => {
    const added = addSections(text, OURS, 'id1');
    expect(existingSections(added, ['profile ours', 'default'])).toEqual(['profile ours', 'default']);
    expect(added).toContain('[profile ours]');
    expect(removeSections(added, 'id1')).toBe(text);
  });

  test.each(Object.entries(CORPUS))('%s, by two steps that nest', (_name, text) => {
    const first = addSections(text, OURS, 'id1');
    const second = addSections(first, OURS, 'id2');
    expect(removeSections(second, 'id2')).toBe(first);
    expect(removeSections(removeSections(second, 'id2'), 'id1')).toBe(text);
  });

  const other: Section[] = [{ header: 'profile other', settings: [['region', 'x']] }];
  describe.each([
    ['other sections', other],
    ['the same sections', OURS],
  ])('by two jobs that overlap, with %s', (_with, sections) => {
    test.each(Object.entries(CORPUS))('%s', (_name, text) => {
      const both = addSections(addSections(text, OURS, 'id1'), sections, 'id2');
      const second = removeSections(both, 'id1');
      expect(second).not.toContain('assume-aws-roles id1');
      expect(existingSections(second, [sections[0]?.header ?? ''])).toHaveLength(1);
      expect(removeSections(second, 'id2')).toBe(text);
    });
  });

  test('any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '[profile ours]',
        '[default] # x',
        '\n',
        '\r\n',
        '\uFEFF',
        '[a]',
        's3 =',
        '  x = 1',
        '#',
        ';',
        ' ',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        expect(removeSections(addSections(text, OURS, 'id1'), 'id1')).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

test('what others wrote meanwhile stays', () => {
  const added = addSections('[profile a]\nregion = x', OURS, 'id1');
  const changed = `${added.replace('[profile a]', '[profile a] # changed')}[profile late]\nregion = y\n`;
  expect(removeSections(changed, 'id1')).toBe(
    '[profile a] # changed\nregion = x\n[profile late]\nregion = y\n',
  );
});

test('a setting that another tool adds to our section goes with it, wherever the tool puts it', () => {
  const text = '[profile a]\nregion = x\n';
  const added = addSections(text, OURS, 'id1');
  const late = 'output = json\ns3 =\n  max_queue_size = 1\n# a remark\n\n';
  expect(removeSections(`${added}${late}`, 'id1')).toBe(`${text}# a remark\n\n`);
  expect(removeSections(`${added}${late}[b]\noutput = text\n`, 'id1')).toBe(
    `${text}# a remark\n\n[b]\noutput = text\n`,
  );
  const both = addSections(`${added}${late}`, [{ header: 'profile another', settings: [] }], 'id2');
  expect(removeSections(removeSections(both, 'id1'), 'id2')).toBe(`${text}# a remark\n\n`);
});

test('new lines end as those of the file do', () => {
  expect(addSections('[a]\r\n', OURS, 'id1')).not.toMatch(/[^\r]\n/);
});

test.each([
  [{ header: 'profile a]\n[profile b', settings: [] }],
  [{ header: 'a', settings: [['region', 'x\ny = z']] }],
  [{ header: 'a', settings: [['k\r', 'v']] }],
] as [Section][])('%j is refused: nothing gets a line of its own', (section) => {
  expect(() => addSections('', [section], 'id1')).toThrow(TypeError);
});

test('a section is found whatever its spacing and quotes', () => {
  const text = '[ profile  "x" ] # note\n[y]\n#[z]\n';
  expect(existingSections(text, ['profile x', 'y', 'z'])).toEqual(['profile x', 'y']);
});
