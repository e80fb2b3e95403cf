/** The request ID in brackets, for the end of a message; empty without one. */
export function requestSuffix(requestId: string | undefined): string {
  return requestId ? ` (request ${requestId})` : '';
}
