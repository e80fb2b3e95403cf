/**
 * Lets what is on its way within this process arrive: bytes between its sockets, and their ends. A single timer does not:
 * on a busy machine it can fire before the event loop has looked at the sockets.
 */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}
