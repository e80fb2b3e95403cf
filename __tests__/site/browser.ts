import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { pathToFileURL } from 'node:url';
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

/** Opens the page in a browser profile of its own. */
export async function openPage(
  browser: Browser,
  fragment = '',
  { url = FILE_URL, ...options }: BrowserContextOptions & { readonly url?: string } = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: WIDTHS.desktop, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(`${url}#${fragment}`);
  return page;
}

/** The page on a server, as on GitHub Pages, and the paths that were requested. */
export async function serve(): Promise<{ url: string; requested: string[]; server: Server }> {
  const html = await readFile(PAGE);
  const requested: string[] = [];
  const server = createServer((request, response) => {
    requested.push(request.url ?? '');
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/assume-aws-roles/`, requested, server };
}

export const subjectOn = (page: Page) => page.locator('#sub').textContent();
export const policyOn = async (page: Page) => (await page.locator('#policy').textContent()) ?? '';
export const decisionOn = (page: Page) => page.locator('[data-decision]').getAttribute('data-decision');
