import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from './html.ts';
import type { Report, ReportObject } from './report.ts';
import { HOSTILE_TEXTS } from './testing/hostile.ts';
import { HOST_UNKNOWN, OBJECTS, OPTIONS, REPORT, reportOf } from './testing/sample-report.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe('html report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  let browser: Browser;
  /** What no page may do: log an error, fail in a script, ask the network for anything. */
  let incidents: string[] = [];

  beforeAll(async () => {
    if (!existsSync(CHROMIUM)) {
      throw new Error(`no browser at ${CHROMIUM}: install Debian's package chromium, or name one in $CHROMIUM`);
    }
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  });

  afterEach(() => {
    const seen = incidents;
    incidents = [];
    expect(seen).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function open(report: Report, context: BrowserContextOptions = {}, hash = ''): Promise<Page> {
    const file = join(folder, 'index.html');
    writeFileSync(file, renderHtml(report, OPTIONS));
    const page = await browser.newPage(context);
    page.on('console', (message) => incidents.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => incidents.push(`script: ${error.message}`));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) incidents.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href + hash);
    return page;
  }

  function shownObjects(page: Page): Promise<string[]> {
    return page.locator('.objects > li:visible .name').allTextContents();
  }

  it('filters objects by words and by choice, and says how many are left', async () => {
    const page = await open(REPORT);
    const status = page.getByRole('status');
    expect(await status.textContent()).toBe('3 distinct objects');

    await page.getByRole('searchbox', { name: 'Search' }).fill('PROD-eu destination');
    expect(await shownObjects(page)).toEqual(['ai-spm/ai-scanner']);
    expect(await status.textContent()).toBe('1 of 3 distinct objects');

    await page.getByRole('searchbox', { name: 'Search' }).fill('');
    await page.getByRole('combobox', { name: 'Target', exact: true }).selectOption('overlays/dev');
    expect(await shownObjects(page)).toEqual(['ai-spm/api-gateway', 'ai-spm']);

    await page.getByRole('combobox', { name: 'Namespace', exact: true }).selectOption('cluster-scoped');
    expect(await shownObjects(page)).toEqual(['ai-spm']);

    await page.getByRole('combobox', { name: 'Kind', exact: true }).selectOption('Deployment');
    expect(await shownObjects(page)).toEqual([]);
    expect(await status.textContent()).toBe('0 of 3 distinct objects');
  });

  it('opens an object by keyboard and colours its keys without changing its text', async () => {
    const page = await open(REPORT);
    const item = page.locator('.objects > li').first();
    expect(await item.locator('.yaml').isVisible()).toBe(false);

    await item.locator('summary').focus();
    await page.keyboard.press('Enter');

    await item.locator('.yaml b').first().waitFor();
    expect(await item.locator('.yaml').textContent()).toBe(OBJECTS[2]?.yaml);
    expect(await item.locator('.yaml b').allTextContents()).toContain('  namespace:');
  });

  it('leads from a finding to its object, also where a filter hides it', async () => {
    const page = await open(REPORT);
    await page.getByRole('combobox', { name: 'Kind', exact: true }).selectOption('Namespace');

    await page.getByRole('link', { name: 'DestinationRule ai-spm/ai-scanner' }).click();

    const item = page.locator('.objects > li').nth(1);
    await item.locator('.yaml').waitFor();
    expect(await shownObjects(page)).toHaveLength(3);
    expect((await item.boundingBox())?.y).toBeLessThan(page.viewportSize()?.height ?? 0);
  });

  it('opens at an object named in the address', async () => {
    const page = await open(REPORT, {}, '#object-2');

    await page.locator('.objects > li').nth(2).locator('.yaml').waitFor();
  });

  it('has colours of its own in dark mode', async () => {
    const colours = (page: Page) =>
      page.evaluate<string[]>(
        '(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.body))',
      );

    const [lightPage, lightText] = await colours(await open(REPORT, { colorScheme: 'light' }));
    const [darkPage, darkText] = await colours(await open(REPORT, { colorScheme: 'dark' }));

    expect(darkPage).not.toBe(lightPage);
    expect(darkText).not.toBe(lightText);
  });

  it.each([320, 390, 1280])('needs no sideways scrolling at %d px, whatever the text', async (width) => {
    const page = await open(hostileReport(), { viewport: { width, height: 800 } });

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  it('is readable without JavaScript', async () => {
    const page = await open(REPORT, { javaScriptEnabled: false });

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('1 error, 1 warning');
    expect(await page.locator('.finding .frame').count()).toBe(2);
    expect(await page.getByRole('search').isVisible()).toBe(false);
    await page.locator('.objects summary').first().click();
    expect(await page.locator('.yaml').first().isVisible()).toBe(true);
  });

  it('runs nothing that came with the data', async () => {
    const page = await open(hostileReport());
    await page.locator('.objects summary').evaluateAll((all) => {
      for (const summary of all) summary.click();
    });
    await page.getByRole('searchbox', { name: 'Search' }).fill('<img');
    await page.locator('.objects > li:visible .yaml b, .objects > li:visible .yaml').first().waitFor();

    expect(await page.title()).toContain('errors');
    expect(await page.locator('img, script').count()).toBe(1);
    expect(await page.locator('.finding').count()).toBe(HOSTILE_TEXTS.length);
  });

  it('filters 5,000 objects faster than a person notices', async () => {
    const objects = Array.from({ length: 5000 }, (_, index): ReportObject => {
      const ref = { apiVersion: 'v1', kind: `Kind${index % 20}`, namespace: `ns-${index % 50}`, name: `name-${index}` };
      return { ref, targets: ['overlays/prod'], yaml: 'spec:\n  key: value\n'.repeat(30) };
    });
    const page = await open({ ...REPORT, objects });

    const milliseconds = await page.evaluate<number>(`{
      const field = document.querySelector('input');
      const start = performance.now();
      field.value = 'name-49';
      field.dispatchEvent(new Event('input', { bubbles: true }));
      document.body.getBoundingClientRect();
      performance.now() - start;
    }`);

    expect(await page.getByRole('status').textContent()).toBe('111 of 5000 distinct objects');
    expect(milliseconds).toBeLessThan(400);
  });
});

function hostileReport(): Report {
  const findings = HOSTILE_TEXTS.map((text) => ({
    ...HOST_UNKNOWN,
    message: text,
    why: text,
    fix: text,
    target: text,
    source: { file: text, line: 1, column: 1 },
  }));
  const objects = HOSTILE_TEXTS.map((text) => ({
    ref: { apiVersion: text, kind: text, namespace: text, name: text },
    origin: text,
    targets: [text],
    yaml: text,
  }));
  const targets = HOSTILE_TEXTS.map((name) => ({ name, objects: 1, cached: false, seconds: 0 }));
  return { ...reportOf(...findings), objects, targets };
}
