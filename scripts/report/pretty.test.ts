import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderPretty } from './pretty.ts';
import { anyFindings, readHostile } from './testing/hostile.ts';
import { CLEAN, DUPLICATE_KEY, HOST_UNKNOWN, OPTIONS, REPORT, reportOf } from './testing/sample-report.ts';
import { summaryLine } from './text.ts';
import { displayWidth } from './wrap.ts';

describe('pretty', () => {
  it('shows each finding with its frame, its places, why and fix, and ends in the summary', () => {
    expect(renderPretty(REPORT, OPTIONS)).toMatchInlineSnapshot(`
      "base/ai-scanner/destination-rule.yaml:6:9  MESH012 destination-host-unknown ────

        × host \`ai-scaner\` is no service of this target; \`ai-scanner\` is

          4 │   name: ai-scanner
          5 │ spec:
        > 6 │   host: ai-scaner
            │         ^^^^^^^^^
          7 │   trafficPolicy:
          8 │     connectionPool:

        DestinationRule ai-spm/ai-scanner at /spec/host
        in overlays/prod, also in clusters/prod-eu, clusters/prod-us
        why  Istio applies a DestinationRule to the host that it names. A host that
             does not exist makes the whole rule dead: no error, and calls to the real
             service run without its TLS mode, timeouts and outlier detection.
        fix  Write \`host: ai-scanner\`.
        npm run explain -- MESH012

      overlays/prod/kustomization.yaml:5:1  SRC002 duplicate-key ─────────────────────

        ! key \`resources\` is given twice

          3 │ resources:
          4 │   - ../../base
        > 5 │ resources: []
            │ ^^^^^^^^^

        why  kustomize takes the last one and renders nothing, with exit code 0.
        fix  Keep one of the two.
        npm run explain -- SRC002

      4 targets, 250 objects: 1 error, 1 warning in 1.2 s
      "
    `);
  });

  it('is one line for a clean run', () => {
    expect(renderPretty(CLEAN, OPTIONS)).toBe('4 targets, 250 objects: 0 errors, 0 warnings in 1.2 s\n');
  });

  it('keeps the findings of one file together', () => {
    const later = { ...HOST_UNKNOWN, source: { ...HOST_UNKNOWN.source, line: 9, column: 7, endColumn: 10 } };

    const headers = renderPretty(reportOf(HOST_UNKNOWN, DUPLICATE_KEY, later), OPTIONS)
      .split('\n')
      .filter((line) => /^\S+:\d+:\d+ {2}/.test(line))
      .map((line) => line.split('  ')[0]);

    expect(headers).toEqual([
      'base/ai-scanner/destination-rule.yaml:6:9',
      'base/ai-scanner/destination-rule.yaml:9:7',
      'overlays/prod/kustomization.yaml:5:1',
    ]);
  });

  it('counts the targets that it does not name', () => {
    const also = Array.from({ length: 11 }, (_, index) => `clusters/c${index}`);

    const text = renderPretty(reportOf({ ...HOST_UNKNOWN, also }), { ...OPTIONS, width: 120 });

    expect(text).toContain('in overlays/prod, also in clusters/c0, clusters/c1, clusters/c2, clusters/c3 and 7 more');
  });

  it('does without a frame where the source cannot be read', () => {
    const text = renderPretty(REPORT, { ...OPTIONS, readSource: () => undefined });

    expect(text).not.toContain('│');
    expect(text).toContain('Write `host: ai-scanner`.');
  });

  it('has colours only when asked, and they change no text', () => {
    const plain = renderPretty(REPORT, OPTIONS);
    const coloured = renderPretty(REPORT, { ...OPTIONS, color: true });

    expect(plain).not.toContain('\u001b');
    expect(coloured).toContain('\u001b[31m×\u001b[0m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  });

  it('fits the terminal: all but the locations, which stay whole, and the summary', () => {
    const lines = renderPretty(REPORT, { ...OPTIONS, width: 50 }).split('\n');

    expect(lines.filter((line) => displayWidth(line) > 50)).toEqual([
      'base/ai-scanner/destination-rule.yaml:6:9  MESH012 destination-host-unknown ──',
      'overlays/prod/kustomization.yaml:5:1  SRC002 duplicate-key ──',
      '4 targets, 250 objects: 1 error, 1 warning in 1.2 s',
    ]);
  });

  it('lets no text of others drive the terminal or leave its lines', () => {
    fc.assert(
      fc.property(anyFindings, fc.integer({ min: 40, max: 120 }), (findings, width) => {
        const report = reportOf(...findings);

        const text = renderPretty(report, { color: false, width, readSource: readHostile });

        expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Zl}|\p{Zp}/u);
        const lines = text.split('\n');
        expect(lines.splice(-2)).toEqual([summaryLine(report.summary), '']);
        const wide = lines.filter((line) => displayWidth(line) > width && !line.endsWith(' ──'));
        expect(wide).toEqual([]);
      }),
    );
  });
});
