/** `npm run workflows`: runs real workflow files with the built action on the runner `act`. */
import { runTests } from './test-groups.ts';
import { installGoTool, installPythonTools } from './tools.ts';

await installPythonTools();
installGoTool('act');
runTests('__tests__/workflows');
