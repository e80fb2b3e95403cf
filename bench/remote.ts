import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Lab } from '../lab/lab.ts';
import { startSlowLink } from '../lab/slow-link.ts';
import { startTlsFront } from '../lab/tls-front.ts';

/** Milliseconds of a round trip to GitHub or STS. */
export const ROUND_TRIP_MS = 40;

/** The servers of a lab as a job reaches the real ones: through TLS, over a network. */
export async function startRemote(lab: Lab) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-tls-'));
  const certificates: string[] = [];
  const opened: { close(): Promise<void> }[] = [];
  // A client finds a certificate by its subject, so each has its own, which is the first name.
  const remote = async (name: string, url: string) => {
    const target = new URL(url);
    const front = await startTlsFront(Number(target.port), [name, 'localhost']);
    const link = await startSlowLink(front.port, ROUND_TRIP_MS);
    certificates.push(front.certificate);
    opened.push(link, front);
    return `https://localhost:${link.port}${target.pathname}${target.search}`;
  };
  const endpoint = await remote('sts', lab.sts.url);
  const requestUrl = await remote('oidc', lab.oidc.requestUrl);
  const file = path.join(folder, 'certificates.pem');
  await writeFile(file, certificates.join('\n'));
  return {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: requestUrl,
      'INPUT_STS-ENDPOINT': endpoint,
      NODE_EXTRA_CA_CERTS: file,
    },
    async close() {
      for (const one of opened) await one.close();
      await rm(folder, { recursive: true });
    },
  };
}
