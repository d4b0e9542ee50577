import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHtml } from './html.ts';
import { anyFindings, HOSTILE_TEXTS, readHostile } from './testing/hostile.ts';
import { type Element, elementsOf, parseMarkup } from './testing/parse-markup.ts';
import { CLEAN, HOST_UNKNOWN, OBJECTS, OPTIONS, REPORT, reportOf } from './testing/sample-report.ts';

function withClass(root: Element, name: string): Element[] {
  const inside = root.children.flatMap((child) => withClass(child, name));
  return root.attributes['class']?.split(' ').includes(name) ? [root, ...inside] : inside;
}

function sha256(text: string | undefined): string {
  return `'sha256-${createHash('sha256')
    .update(text ?? '')
    .digest('base64')}'`;
}

describe('html', () => {
  const text = renderHtml(REPORT, OPTIONS);
  const page = parseMarkup(text);

  it('tells the verdict in heading and title', () => {
    expect(elementsOf(page, 'h1').map((heading) => heading.text)).toEqual(['1 error, 1 warning']);
    expect(elementsOf(page, 'title').map((title) => title.text)).toEqual(['1 error, 1 warning · ai-spm-mesh']);
    expect(elementsOf(parseMarkup(renderHtml(CLEAN, OPTIONS)), 'h1').map((heading) => heading.text)).toEqual([
      'No problems found',
    ]);
  });

  it('counts findings in every target that shows them', () => {
    const rows = elementsOf(page, 'tr').map((row) => row.children.map((cell) => cell.text));

    expect(rows.slice(1)).toEqual([
      ['overlays/dev', '60', '0', '0', 'cached'],
      ['overlays/prod', '62', '1', '0', '0.41 s'],
      ['clusters/prod-eu', '64', '1', '0', '0.50 s'],
      ['clusters/prod-us', '64', '1', '0', '0.50 s'],
      ['repository', '', '0', '1', ''],
    ]);
  });

  it('folds targets without findings when there are many', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      name: `clusters/c${index}`,
      objects: 1,
      cached: true,
      seconds: 0,
    }));

    const folded = parseMarkup(renderHtml({ ...REPORT, targets: [...REPORT.targets, ...many] }, OPTIONS));

    expect(withClass(folded, 'more').map((fold) => fold.children[0]?.text)).toEqual(['41 targets without findings']);
    expect(elementsOf(folded, 'table').map((table) => elementsOf(table, 'tr').length - 1)).toEqual([4, 41]);
  });

  it('shows all targets of a clean run unless they are many', () => {
    const targets = (length: number) =>
      Array.from({ length }, (_, index) => ({ name: `clusters/c${index}`, objects: 1, cached: true, seconds: 0 }));
    const folds = (length: number) =>
      withClass(parseMarkup(renderHtml({ ...CLEAN, targets: targets(length) }, OPTIONS)), 'more').length;

    expect([folds(15), folds(16)]).toEqual([0, 1]);
  });

  it('folds the targets of a finding beyond a dozen', () => {
    const also = Array.from({ length: 14 }, (_, index) => `clusters/c${index}`);

    const [fold] = withClass(parseMarkup(renderHtml(reportOf({ ...HOST_UNKNOWN, also }), OPTIONS)), 'more');

    expect(fold?.text).toBe('3 moreclusters/c11, clusters/c12, clusters/c13');
  });

  it('shows each finding once, with its frame and all that the finding says', () => {
    const [first, second] = withClass(page, 'finding');

    expect(withClass(page, 'finding')).toHaveLength(2);
    expect(elementsOf(first as Element, 'mark').map((mark) => mark.text)).toEqual(['ai-scaner']);
    expect(withClass(first as Element, 'hit').map((line) => line.attributes['data-line'])).toEqual(['6']);
    const facts = elementsOf(first as Element, 'dd').map((fact) => fact.text);
    expect(facts).toEqual([
      HOST_UNKNOWN.why,
      'Write host: ai-scanner.',
      'DestinationRule ai-spm/ai-scanner at /spec/host',
      'overlays/prod, clusters/prod-eu, clusters/prod-us',
      'npm run explain -- MESH012 or docs/rules/MESH012.md',
    ]);
    expect(elementsOf(second as Element, 'h3').map((heading) => heading.text)).toEqual([
      'warningkey resources is given twice',
    ]);
  });

  it('links a finding to its rendered object', () => {
    const [link] = elementsOf(withClass(page, 'finding')[0] as Element, 'a');
    const body = withClass(page, 'body').find(({ attributes }) => `#${attributes['id']}` === link?.attributes['href']);

    expect(body?.text).toContain('host: ai-scaner');
  });

  it('lists each distinct object once, by kind, with origin, targets and YAML', () => {
    const items = withClass(page, 'objects')[0]?.children ?? [];

    expect(items.map((item) => elementsOf(item, 'summary')[0]?.text)).toEqual([
      'Deployment ai-spm/api-gateway overlays/dev',
      'DestinationRule ai-spm/ai-scanner 3 targets',
      'Namespace ai-spm all 4 targets',
    ]);
    expect(items.map((item) => withClass(item, 'yaml')[0]?.text)).toEqual(
      [2, 0, 1].map((index) => OBJECTS[index]?.yaml),
    );
    expect(items[1]?.text).toContain('base/ai-scanner/destination-rule.yaml');
  });

  it('shows no value of a Secret', () => {
    const secret = {
      ref: { apiVersion: 'v1', kind: 'Secret', namespace: 'ai-spm', name: 'ai-spm-secrets' },
      targets: ['overlays/dev'],
      yaml: 'apiVersion: v1\ndata:\n  password: aHVudGVyMg==\nkind: Secret\n',
    };

    const shown = renderHtml({ ...REPORT, objects: [secret] }, OPTIONS);

    expect(shown).toContain('password: ************');
    expect(shown).not.toContain('aHVudGVyMg');
  });

  it('says what it leaves out', () => {
    const findings = Array.from({ length: 1003 }, () => HOST_UNKNOWN);
    const objects = Array.from({ length: 10_002 }, () => ({ ...OBJECTS[1], yaml: '' }) as (typeof OBJECTS)[number]);

    const long = parseMarkup(renderHtml({ ...reportOf(...findings), objects }, OPTIONS));

    expect(withClass(long, 'finding')).toHaveLength(1000);
    expect(withClass(long, 'objects')[0]?.children).toHaveLength(10_000);
    expect(long.text).toContain('3 more findings not shown here; --output json has all 1003.');
    expect(long.text).toContain('2 more objects not listed here');
  });

  it('allows exactly its own style and script', () => {
    const policy = elementsOf(page, 'meta').find((meta) => meta.attributes['http-equiv'])?.attributes['content'];
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(text) ?? [];
    const [, script] = /<script>([\s\S]*?)<\/script>/.exec(text) ?? [];

    expect(policy).toBe(
      `default-src 'none'; style-src ${sha256(style)}; script-src ${sha256(script)}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(text).not.toMatch(/\sstyle="|\son\w+="|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  });

  it('is well-formed and says the same whatever the text', () => {
    const objects = HOSTILE_TEXTS.map((hostile) => ({
      ref: { apiVersion: hostile, kind: hostile, namespace: hostile, name: hostile },
      origin: hostile,
      targets: [hostile],
      yaml: hostile,
    }));
    const targets = HOSTILE_TEXTS.map((name) => ({ name, objects: 1, cached: false, seconds: 0 }));
    fc.assert(
      fc.property(anyFindings, (findings) => {
        const report = { ...reportOf(...findings), objects, targets };

        const parsed = parseMarkup(renderHtml(report, { ...OPTIONS, readSource: readHostile }));

        expect(withClass(parsed, 'finding')).toHaveLength(findings.length);
        expect(elementsOf(parsed, 'script')).toHaveLength(1);
        expect(elementsOf(parsed, 'img')).toEqual([]);
        expect(withClass(parsed, 'objects')[0]?.children).toHaveLength(objects.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('palette', () => {
  const css = readFileSync(join(__dirname, 'html', 'theme.css'), 'utf8');
  const [light = '', dark = ''] = [...css.matchAll(/:root \{([\s\S]*?)\}/g)].map(([, block]) => block);
  const pairs = [
    ...['page', 'surface'].flatMap((ground) =>
      ['text', 'muted', 'link', 'error', 'warning', 'ok', 'key'].map((ink) => [ink, ground]),
    ),
    ...['error', 'warning'].flatMap((kind) => ['text', 'muted', kind].map((ink) => [ink, `${kind}-tint`])),
  ] as [string, string][];

  it.each([
    ['light', light],
    ['dark', dark],
  ])('%s has the contrast of WCAG AA', (_, block) => {
    const colours = new Map(
      [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
    );

    const weak = pairs.filter(([ink, ground]) => contrast(colours.get(ink), colours.get(ground)) < 4.5);

    expect(weak).toEqual([]);
    expect(contrast(colours.get('control'), colours.get('page'))).toBeGreaterThan(3);
  });
});

/** Contrast ratio of WCAG 2.2. */
function contrast(a: string | undefined, b: string | undefined): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour = ''): number {
  const [red = Number.NaN, green = Number.NaN, blue = Number.NaN] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
