/**
 * `npm run servers`: tests the built action against stores with an STS of their own. To build one takes minutes, so only
 * the nightly workflow runs this.
 */
import { runTests } from './test-groups.ts';
import { installGoTool, installPythonTools, installSeaweedFS } from './tools.ts';

await installPythonTools();
installGoTool('minio');
installSeaweedFS();
runTests('__tests__/servers');
