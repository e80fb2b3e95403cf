/** What the parts of a release have to be. Each function returns the reasons why a part is not, as sentences. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { runtimePackages } from './release-files.ts';

/** The limit of `dist/` with its licence texts: what a runner downloads with each job that uses the action. */
export const DIST_BUDGET_BYTES = 1_000_000;

/** Licences that ask for no more than their text. */
const ACCEPTED_LICENSES = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);

/** The bytes of all files in `dist/`. */
export function bytesOf(dist: string): number {
  return filesBelow(dist).reduce((sum, file) => sum + statSync(path.join(dist, file)).size, 0);
}

export function sizeProblems(bytes: number): string[] {
  return bytes < DIST_BUDGET_BYTES ? [] : [`dist/ has ${bytes} bytes. The limit is ${DIST_BUDGET_BYTES}.`];
}

/**
 * The packages of `licenses.txt`, which `licenses.ts` writes: lines `NAME (LICENCE)`, each with its indented copyright notices,
 * an empty line, and the text.
 */
export function licensesIn(text: string): { name: string; license: string; hasText: boolean }[] {
  return text.split(`\n${'-'.repeat(80)}\n\n`).flatMap((group) => {
    const [names = '', ...rest] = group.split('\n\n');
    const hasText = rest.join('').trim() !== '';
    return names.split('\n').flatMap((line) => {
      const [, name = '', license = ''] = /^(\S.*) \((.*)\)$/.exec(line) ?? [];
      return name === '' ? [] : [{ name, license, hasText }];
    });
  });
}

export function licenseProblems(text: string): string[] {
  const packages = licensesIn(text);
  if (packages.length === 0) return ['dist/licenses.txt has no packages.'];
  return packages.flatMap(({ name, license, hasText }) => [
    ...(ACCEPTED_LICENSES.has(license) ? [] : [`${name} has the licence ${license}, which nobody accepted.`]),
    ...(hasText ? [] : [`${name} has no licence text.`]),
  ]);
}

interface Sbom {
  bomFormat?: string;
  components?: { name: string; version: string }[];
}

type Lock = Parameters<typeof runtimePackages>[0];

/** Compares an SBOM with the packages of `package-lock.json` that can run in a job. */
export function sbomProblems({ bomFormat, components = [] }: Sbom, lock: Lock): string[] {
  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const wanted = runtimePackages(lock);
  const missing = wanted.filter((name) => !listed.has(name));
  const tools = [...listed].filter((name) => !wanted.includes(name));
  return [
    ...(bomFormat === 'CycloneDX' ? [] : [`The format of the SBOM is ${bomFormat}. Expected CycloneDX.`]),
    ...missing.map((name) => `The SBOM does not list ${name}.`),
    ...tools.map((name) => `The SBOM lists ${name}, which no job runs.`),
  ];
}

/** The relative paths of all files below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

/** Compares `SHA256SUMS` with the files that have to be in it. */
export function checksumProblems(sums: string, files: readonly string[]): string[] {
  const listed = new Set([...sums.matchAll(/^[0-9a-f]{64} {2}(.+)$/gm)].map(([, file]) => file));
  return files.filter((file) => !listed.has(file)).map((file) => `SHA256SUMS does not list ${file}.`);
}
