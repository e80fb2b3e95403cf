/** `npm run lint:workflows`: checks all workflows, examples and actions with actionlint, zizmor and GitHub's schemas. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { installGoTool, installPythonTools, PYTHON_BIN, root } from './tools.ts';

await installPythonTools();
const actionlint = installGoTool('actionlint');
const filesIn = (folder: string) => readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`);
const workflows = [...filesIn('.github/workflows'), ...filesIn('examples')];
const actions = ['action.yml', 'exec/action.yml', 'matrix/action.yml', 'logout/action.yml'];

const check = (name: string, program: string, ...args: string[]) => {
  execFileSync(program, args, { cwd: root, stdio: 'inherit' });
  console.log(`${name}: passed.`);
};
check(`actionlint, ${workflows.length} workflows`, actionlint, ...workflows);
check(
  `zizmor, ${workflows.length + actions.length} files`,
  path.join(PYTHON_BIN, 'zizmor'),
  ...[
    '--offline',
    '--quiet',
    '--config',
    '.github/zizmor.yml',
    ...workflows,
    ...actions,
    '.github/dependabot.yml',
  ],
);
const schema = path.join(PYTHON_BIN, 'check-jsonschema');
check('schema of actions', schema, '--builtin-schema', 'vendor.github-actions', ...actions);
check('schema of workflows', schema, '--builtin-schema', 'vendor.github-workflows', ...workflows);
