import { readdirSync, readFileSync } from 'node:fs';

/** This action, as a `uses:` line names it; `scripts/set-owner.ts` writes the owner here, too. */
export const ACTION = '__OWNER__/assume-aws-roles';

/** `uses:` of this action or one of its folders, by the moving tag or, for whoever pins it, by a commit. */
export const OWN_USES = new RegExp(`^${ACTION}(?:/([a-z]+))?@(?:v1|[0-9a-f]{40})$`);

/** A YAML text that users are shown, and where. */
export type ShownYaml = readonly [place: string, text: string];

const filesIn = (folder: string): readonly ShownYaml[] =>
  readdirSync(folder).map((file) => [`${folder}/${file}`, readFileSync(`${folder}/${file}`, 'utf8')]);

/** The examples. */
export const EXAMPLES = filesIn('examples');

/** The workflows of this repository. */
export const WORKFLOWS = filesIn('.github/workflows');

/** The YAML blocks of README and docs, each by the heading above it. */
export const BLOCKS = ['README.md', ...readdirSync('docs').map((file) => `docs/${file}`)]
  .filter((page) => page.endsWith('.md'))
  .flatMap((page) => {
    const parts = readFileSync(page, 'utf8').matchAll(/^#+ (.*)$|^```(\w*)\n([\s\S]*?)^```/gm);
    let heading = '';
    let number = 0;
    return [...parts].flatMap(([, title, language, block = '']): ShownYaml[] => {
      if (title !== undefined) {
        heading = title;
        number = 0;
      }
      if (language !== 'yaml') return [];
      number++;
      return [[`${page}, ${heading}${number === 1 ? '' : ` (${number})`}`, block]];
    });
  });

/** The trust policy that `docs/setup.md` gives the AWS CLI, as JSON. */
export function trustPolicyOfSetup(): string {
  const [, json = ''] = /<<'EOF'\n([\s\S]*?)\nEOF/.exec(readFileSync('docs/setup.md', 'utf8')) ?? [];
  return json;
}
