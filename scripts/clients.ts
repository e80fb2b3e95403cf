/** `npm run clients`: tests the built action with real AWS clients (AWS CLI, boto3, SDKs for JavaScript and Go) and with moto. */
import { buildGo, installPythonTools, runTests } from './tools.ts';

installPythonTools();
buildGo('__tests__/clients/go', 'whoami');
runTests('__tests__/clients');
