export { stsEndpoints } from './endpoints.ts';
export { createSts } from './sts.ts';
