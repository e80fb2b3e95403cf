export { stsEndpoint } from './endpoints.ts';
export { createSts } from './sts.ts';
