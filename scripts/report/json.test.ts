import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../findings/finding.ts';
import { renderJson } from './json.ts';
import { anyFindings } from './testing/hostile.ts';
import { CLEAN, DUPLICATE_KEY, HOST_UNKNOWN, REPORT, reportOf } from './testing/sample-report.ts';

describe('json', () => {
  it('is the findings and the summary, nothing else', () => {
    expect(JSON.parse(renderJson(REPORT))).toEqual({
      findings: [HOST_UNKNOWN, DUPLICATE_KEY],
      summary: { targets: 4, objects: 250, errors: 1, warnings: 1, seconds: 1.234 },
    });
  });

  it('has an empty list when clean', () => {
    expect(JSON.parse(renderJson(CLEAN)).findings).toEqual([]);
  });

  it('has the same bytes whatever the order of keys in memory', () => {
    const { source, ...others } = HOST_UNKNOWN;
    const { line, ...place } = source;
    const shuffled = Object.fromEntries(Object.entries({ source: { ...place, line }, ...others }).reverse());

    expect(renderJson(reportOf(shuffled as unknown as Finding))).toBe(renderJson(reportOf(HOST_UNKNOWN)));
  });

  it('parses back to the same findings, and holds no raw control character', () => {
    fc.assert(
      fc.property(anyFindings, (findings) => {
        const text = renderJson(reportOf(...findings));

        expect(JSON.parse(text).findings).toEqual(findings);
        expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Cs}/u);
      }),
    );
  });
});
