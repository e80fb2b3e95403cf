export { createSts } from './sts.ts';
