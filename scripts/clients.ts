/** `npm run clients`: real AWS clients (AWS CLI, boto3, the SDKs for JavaScript and Go) and another STS against the built action. */
import { buildGo, installPythonTools, runTests } from './tools.ts';

installPythonTools();
buildGo('__tests__/clients/go', 'whoami');
runTests('__tests__/clients');
