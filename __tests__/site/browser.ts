import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/chromium.ts';
import { PAGE } from '../../scripts/site.ts';

export const WIDTHS = { phone: 390, desktop: 1280 } as const;
export const SCHEMES = ['light', 'dark'] as const;

/** The page as a person opens it from a folder. */
const FILE_URL = pathToFileURL(PAGE).href;

/** Chromium refuses to run as root with its sandbox. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('Chromium is missing.');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

/**
 * Opens the page in a browser profile of its own. Its clock stands still until {@link letTimePass}, so that a slow machine
 * shows the same as a fast one.
 */
export async function openPage(
  browser: Browser,
  fragment = '',
  { url = FILE_URL, ...options }: BrowserContextOptions & { readonly url?: string } = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: WIDTHS.desktop, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(25_000);
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.clock.install({ time: 0 });
  // Later than any delay between these two commands.
  await page.clock.pauseAt(3_600_000);
  await page.goto(`${url}#${fragment}`);
  return page;
}

/** More than the page waits before it writes its state into the URL, says a verdict, or shows the label of a button again. */
export const letTimePass = (page: Page) => page.clock.runFor(2000);

/** The fragment that the page writes into its URL. */
export async function fragmentOn(page: Page): Promise<string> {
  await letTimePass(page);
  return String(await page.evaluate('location.hash.slice(1)'));
}

/** The findings of axe, with the number of elements that have them. */
export async function axeFindings(page: Page): Promise<readonly { id: string; nodes: number }[]> {
  await page.clock.resume();
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: object[] }[];
  };
  return violations.map(({ id, nodes }) => ({ id, nodes: nodes.length }));
}

/** The page on a server, as on GitHub Pages, and the paths that were requested. The server ends with the tests. */
export async function serve(): Promise<{ url: string; requested: string[] }> {
  const html = await readFile(PAGE);
  const requested: string[] = [];
  const server = createServer((request, response) => {
    requested.push(request.url ?? '');
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/assume-aws-roles/`, requested };
}

/** Presses Tab until an element has the focus. */
export async function focusOn(page: Page, id: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if ((await page.evaluate('document.activeElement.id')) === id) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${id}.`);
}

export const subjectOn = (page: Page) => page.locator('#sub').textContent();
export const policyOn = async (page: Page) => (await page.locator('#policy').textContent()) ?? '';
export const decisionOn = (page: Page) => page.locator('[data-decision]').getAttribute('data-decision');
