/** `npm run workflows`: real workflow files on another runner, `act`, with the built action. */
import { installGoTool, installPythonTools, runTests } from './tools.ts';

installPythonTools();
installGoTool('act');
runTests('__tests__/workflows');
