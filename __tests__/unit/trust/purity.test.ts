import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { expect, test } from '@jest/globals';
import { transformSync } from '@swc/core';

const SRC = path.resolve(import.meta.dirname, '../../../src');
const ROOTS = readdirSync(path.join(SRC, 'trust'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => path.join(SRC, 'trust', file));
const NOT_FOR_A_BROWSER = /platform\/(files|runner|host|http)\//;
const OF_NODE = /\bBuffer\b|\bprocess\.|\brequire\(|\b__dirname\b|\bsetImmediate\b/;

/** The code of a module as it runs: without types, and without the imports that only types need. */
function codeOf(file: string): string {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2024', preserveAllComments: false },
    module: { type: 'es6' },
  });
  return code;
}

const specifiersIn = (code: string) =>
  [...code.matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*['"]([^'"]+)['"]/g)].map(
    ([, specifier = '']) => specifier,
  );

/** Every module that one of `src/trust/` imports, with its code. */
function reachable(): Map<string, string> {
  const modules = new Map<string, string>();
  const open = [...ROOTS];
  for (const file of open) {
    if (modules.has(file)) continue;
    const code = codeOf(file);
    modules.set(file, code);
    for (const specifier of specifiersIn(code))
      if (specifier.startsWith('.')) open.push(path.resolve(path.dirname(file), specifier));
  }
  return modules;
}

const modules = reachable();

test('the modules of trust/ and what they import are found', () => {
  expect(modules.size).toBeGreaterThan(ROOTS.length + 2);
  for (const file of modules.keys()) expect(existsSync(file)).toBe(true);
});

test('they import nothing of Node, no package, and nothing of the platform but pure helpers', () => {
  const foreign = [...modules].flatMap(([file, code]) =>
    specifiersIn(code)
      .filter((specifier) => !specifier.startsWith('.') || NOT_FOR_A_BROWSER.test(specifier))
      .map((specifier) => `${path.relative(SRC, file)} imports ${specifier}`),
  );
  expect(foreign).toEqual([]);
});

test('they use nothing that only Node has', () => {
  const users = [...modules].filter(([, code]) => OF_NODE.test(code));
  expect(users.map(([file]) => path.relative(SRC, file))).toEqual([]);
});

test('verdict, risks and statement come out of a context that has nothing but the language', async () => {
  const context = vm.createContext(Object.create(null) as object, { codeGeneration: { strings: false } });
  const linked = new Map<string, vm.SourceTextModule>();
  const load = (file: string) => {
    const known = linked.get(file);
    const loaded = known ?? new vm.SourceTextModule(modules.get(file) ?? '', { context, identifier: file });
    linked.set(file, loaded);
    return loaded;
  };
  const page = new vm.SourceTextModule(
    `
    import { parseTrustPolicy } from './document.ts';
    import { evaluateTrust } from './evaluate.ts';
    import { questionOfToken } from './questions.ts';
    import { risksOf } from './risks.ts';
    import { policyOf, webIdentityStatement } from './statement.ts';

    const claims = {
      iss: 'https://token.actions.githubusercontent.com',
      aud: 'sts.amazonaws.com',
      sub: 'repo:octo-org/octo-app:environment:prod',
      repository: 'octo-org/octo-app',
    };
    const role = { partition: 'aws', accountId: '111111111111' };
    const trust = { ...role, issuer: claims.iss, audience: claims.aud, subject: claims.sub };
    const text = JSON.stringify(policyOf(webIdentityStatement(trust)));
    const exact = parseTrustPolicy(text);
    const wide = parseTrustPolicy(text.replace('StringEquals', 'StringLike').replace('environment:prod', '*'));
    export const result = JSON.stringify([
      evaluateTrust(exact, questionOfToken({ role }, claims)).decision,
      risksOf(exact, claims).length,
      risksOf(wide, claims).map(({ id }) => id),
    ]);
    `,
    { context, identifier: path.join(SRC, 'trust/page.ts') },
  );
  await page.link((specifier, from) => load(path.resolve(path.dirname(from.identifier), specifier)));
  await page.evaluate();
  const { result } = page.namespace as { result: string };
  expect(JSON.parse(result)).toEqual(['allowed', 0, ['pull-request-into-deploying-role']]);
});
