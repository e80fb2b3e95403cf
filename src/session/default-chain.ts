import type { DefaultChain } from '../identity/ambient.ts';

/** The SDK's default chain; its code is loaded at the first search. */
export const defaultChain: DefaultChain = async (region, variables) => {
  const { credentialsFromDefaultChain } = await import('../sts/default-chain.ts');
  return credentialsFromDefaultChain(region, variables);
};
