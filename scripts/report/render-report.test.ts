import { describe, expect, it } from 'vitest';
import { FORMATS } from './format.ts';
import { renderReport } from './render-report.ts';
import { HOST_UNKNOWN, OPTIONS, REPORT } from './testing/sample-report.ts';

describe('renderReport', () => {
  it.each(FORMATS)('shows no secret that a message or fix quotes: %s', (format) => {
    const token = `ghp_${'0123456789abcdefghij0123456789abcdef'}`;
    const finding = {
      ...HOST_UNKNOWN,
      message: 'expected ClusterIP, found the string "postgres://u:hunter2secretXYZ@h/db" in `type`',
      fix: `Write a number instead of ${token} in \`port\`.`,
    };

    const text = renderReport(format, { ...REPORT, findings: [finding] }, { ...OPTIONS, width: 1000 });

    expect(text).not.toMatch(/hunter2|ghp_|0123456789abc/);
    expect(text).toContain('expected ClusterIP, found the string');
  });
});
