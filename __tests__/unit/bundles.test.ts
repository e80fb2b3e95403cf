import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { withEagerModules } from '../../scripts/eager-modules.ts';
import { lazyModule, withLazyBuiltins } from '../../scripts/lazy-builtins.ts';
import { programFiles } from '../../scripts/program-files.ts';
import { bytesOf, sizeProblems } from '../../scripts/release-parts.ts';
import { withSharedModules } from '../../scripts/shared-modules.ts';
import { PROGRAMS } from '../../src/entry/programs.ts';

const DIST = path.resolve(import.meta.dirname, '../../dist');
const NAMES = Object.keys(PROGRAMS);

const textOf = (files: readonly string[]) => files.map((file) => readFileSync(file, 'utf8')).join('\n');
const codeOf = async (name: string) => textOf((await programFiles(name)).all);
const firstCodeOf = async (name: string) => textOf((await programFiles(name)).first);

/** What only the toolkit says. */
const TOOLKIT = /add-mask|GITHUB_STATE|setSecret/;
/** What only the SDK says. */
const SDK = /AssumeRoleWithWebIdentityRequest|com\.amazonaws\.sts/;
const IAM = /2010-05-08/;

describe('what the programs are made of', () => {
  test.each(['credential-process', 'broker'])(
    '%s has nothing of @actions/core, which writes to stdout',
    async (name) => {
      expect(await codeOf(name)).not.toMatch(TOOLKIT);
      expect(await codeOf('main')).toMatch(TOOLKIT);
    },
  );

  test.each(['post', 'logout'])('%s has nothing of the SDK, which it does not need', async (name) => {
    expect(await codeOf(name)).not.toMatch(SDK);
    expect(await codeOf('main')).toMatch(SDK);
  });

  test('accounts load the client of AWS Organizations, and a matrix of profiles no client', async () => {
    const organizations = /AWSOrganizationsV20161128/;
    for (const name of ['main', 'exec', 'matrix']) {
      expect(await codeOf(name)).toMatch(organizations);
      const first = await firstCodeOf(name);
      expect([organizations, SDK].map((client) => client.test(first))).toEqual([false, false]);
    }
    for (const name of ['credential-process', 'broker', 'post'])
      expect(await codeOf(name)).not.toMatch(organizations);
  });

  test.each(NAMES)('%s loads no client of AWS before it needs one', async (name) => {
    const code = await firstCodeOf(name);
    expect([IAM, SDK].map((client) => client.test(code))).toEqual([false, false]);
  });

  test('only an audit can load the client of IAM', async () => {
    expect(await codeOf('audit')).toMatch(IAM);
    expect(await codeOf('main')).not.toMatch(IAM);
  });
});

describe('dist/', () => {
  const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).map((file) => path.join(DIST, file));

  test('has one line for each program, which starts it', () => {
    for (const name of NAMES)
      expect(textOf([path.join(DIST, name, 'index.js')])).toBe(
        `require('../programs/index.js').start('${name}');\n`,
      );
  });

  test('has nothing that no program loads', async () => {
    const loaded = new Set((await Promise.all(NAMES.map(programFiles))).flatMap(({ all }) => all));
    const present = files.filter((file) => file.includes('programs') && file.endsWith('.js'));
    expect(present.filter((file) => !loaded.has(file))).toEqual([]);
  });

  test('has no more code than its budget', () => {
    expect(bytesOf(DIST)).toBeGreaterThan(500_000);
    expect(sizeProblems(bytesOf(DIST))).toEqual([]);
  });
});

describe('a built-in module', () => {
  test('loads when one of its exports is read, and looks like the module', () => {
    let loads = 0;
    const module = lazyModule(() => {
      loads++;
      return { add: (a: number, b: number) => a + b };
    }) as { add: (a: number, b: number) => number; __esModule?: boolean };
    expect([module.__esModule, loads]).toEqual([undefined, 0]);
    expect([module.add(1, 2), module.add(3, 4), loads]).toEqual([3, 7, 1]);
    expect([Object.keys(module), 'add' in module, { ...module }.add(5, 6)]).toEqual([['add'], true, 11]);
  });

  test.each([
    ['module.exports = require("crypto");', true],
    ['module.exports = require("node:fs/promises");', true],
    ['module.exports = require("node:fs");', false],
    ['module.exports = require("events");', false],
    ['other.exports = require("node:crypto");', false],
  ])('%s', (code, isLazy) => {
    const lazy = withLazyBuiltins(code);
    if (isLazy)
      expect(lazy).toMatch(
        /^module\.exports = lazyModule\(\(\) => require\("[a-z:/]+"\)\);\nfunction lazyModule/,
      );
    else expect(lazy).toBe(code);
  });
});

describe('a module that several chunks carry', () => {
  const long = (name: string) => `(e,t)=>{t.${name}="${'é'.repeat(2_500)}"}`;
  const chunk = (id: number, modules: string) =>
    `"use strict";exports.id=${id},exports.ids=[${id}],exports.modules={${modules}};\n`;
  const CHUNKS = new Map([
    ['index.js', `(()=>{var e={7:${long('entry')}}})();\n`],
    ['1.index.js', chunk(1, `5:${long('a')},7:()=>1`)],
    ['2.index.js', chunk(2, `8:(e,t)=>2,5:${long('a')}`)],
    ['3.index.js', chunk(3, `9:()=>3`)],
  ]);

  test('moves to a file that they require', async () => {
    const files = await withSharedModules(CHUNKS, () => false);
    expect(Object.fromEntries(files)).toEqual({
      ...Object.fromEntries(CHUNKS),
      '5.shared.js': `"use strict";exports.modules={5:${long('a')}};\n`,
      '1.index.js': chunk(1, '7:()=>1,...require("./5.shared.js").modules'),
      '2.index.js': chunk(2, '8:(e,t)=>2,...require("./5.shared.js").modules'),
    });
  });

  test('stays in chunks that have to load from one file', async () => {
    expect(await withSharedModules(CHUNKS, (name) => name === '1.index.js')).toEqual(CHUNKS);
  });
});

describe('the functions of modules', () => {
  test('are in parentheses, and nothing else is', async () => {
    const chunk = 'exports.modules={1:(e,t)=>{t.a={b:()=>1}},23:function(e){return"é"}};';
    expect(await withEagerModules(chunk)).toBe(
      'exports.modules={1:((e,t)=>{t.a={b:()=>1}}),23:(function(e){return"é"})};',
    );
    expect(await withEagerModules('let a={1:()=>1,2:3,b:()=>2};')).toBe('let a={1:()=>1,2:3,b:()=>2};');
  });
});
