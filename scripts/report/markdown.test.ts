import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './markdown.ts';
import { MAX_COMMENT } from './markdown-text.ts';
import { anyFindings, readHostile } from './testing/hostile.ts';
import { CLEAN, HOST_UNKNOWN, OPTIONS, REPORT, reportOf } from './testing/sample-report.ts';

const OWN_TAGS = /<\/?(?:details|summary|code|b|br)>/g;

/** The comment without its code blocks, in which nothing is interpreted. */
function outsideCodeBlocks(text: string): string {
  return text.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
}

describe('markdown', () => {
  it('is a table, and details folded below it', () => {
    expect(renderMarkdown(REPORT, OPTIONS)).toMatchInlineSnapshot(`
      "## Mesh check: 1 error, 1 warning

      4 targets, 250 objects: 1 error, 1 warning in 1.2 s

      | | Code | Where | Message | Targets |
      | --- | --- | --- | --- | --- |
      | **error** | <code>MESH012</code> | <code>base/ai-scanner/destination-rule.yaml:6:9</code> | host <code>ai-scaner</code> is no service of this target; <code>ai-scanner</code> is | 3 |
      | warning | <code>SRC002</code> | <code>overlays/prod/kustomization.yaml:5:1</code> | key <code>resources</code> is given twice |  |

      <details><summary><b>MESH012</b> destination-host-unknown in <code>base/ai-scanner/destination-rule.yaml:6:9</code></summary>

      **error:** host <code>ai-scaner</code> is no service of this target; <code>ai-scanner</code> is

      \`\`\`text
        4 │   name: ai-scanner
        5 │ spec:
      > 6 │   host: ai-scaner
          │         ^^^^^^^^^
        7 │   trafficPolicy:
        8 │     connectionPool:
      \`\`\`

      **Why:** Istio applies a DestinationRule to the host that it names. A host that does not exist makes the whole rule dead: no error, and calls to the real service run without its TLS mode, timeouts and outlier detection.<br>
      **Fix:** Write <code>host: ai-scanner</code>.<br>
      **Resource:** DestinationRule ai-spm/ai-scanner at /spec/host<br>
      **Found:** in overlays/prod, also in clusters/prod-eu, clusters/prod-us<br>
      **More:** <code>npm run explain -- MESH012</code>

      </details>

      <details><summary><b>SRC002</b> duplicate-key in <code>overlays/prod/kustomization.yaml:5:1</code></summary>

      **warning:** key <code>resources</code> is given twice

      \`\`\`text
        3 │ resources:
        4 │   - ../../base
      > 5 │ resources: []
          │ ^^^^^^^^^
      \`\`\`

      **Why:** kustomize takes the last one and renders nothing, with exit code 0.<br>
      **Fix:** Keep one of the two.<br>
      **More:** <code>npm run explain -- SRC002</code>

      </details>
      "
    `);
  });

  it('is a heading and the summary when clean', () => {
    expect(renderMarkdown(CLEAN, OPTIONS)).toMatchInlineSnapshot(`
      "## Mesh check: no problems found

      4 targets, 250 objects: 0 errors, 0 warnings in 1.2 s
      "
    `);
  });

  it('says how much it left out of a comment that would be too long', () => {
    const findings = Array.from({ length: 900 }, (_, index) => ({
      ...HOST_UNKNOWN,
      source: { ...HOST_UNKNOWN.source, line: index + 1 },
    }));

    const text = renderMarkdown(reportOf(...findings), OPTIONS);

    const rows = text.match(/^\| \*\*error\*\*/gm)?.length ?? 0;
    const details = text.match(/^<details>/gm)?.length ?? 0;
    expect(text.length).toBeLessThanOrEqual(MAX_COMMENT);
    expect(text.length).toBeGreaterThan(MAX_COMMENT * 0.95);
    expect(rows).toBeGreaterThan(details);
    expect(text).toContain(
      `**${900 - rows} more findings not shown, ${rows - details} findings of the table without details**`,
    );
    expect(text).toContain('has all 900.');
  });

  it('leaves room for saying so, however the rest fills the comment', () => {
    for (let length = 1; length < 600; length += 13) {
      const findings = Array(300).fill({ ...HOST_UNKNOWN, message: 'a'.repeat(length) });

      expect(renderMarkdown(reportOf(...findings), OPTIONS).length).toBeLessThanOrEqual(MAX_COMMENT);
    }
  });

  it('stays within a comment for one absurdly long text', () => {
    const text = renderMarkdown(reportOf({ ...HOST_UNKNOWN, message: '<@|'.repeat(100_000) }), OPTIONS);

    expect(text.length).toBeLessThanOrEqual(MAX_COMMENT);
    expect(text).toMatch(/^\| \*\*error\*\*/m);
  });

  it('notifies nobody and links nothing', () => {
    const message = 'ask @ai-spm/team about #12, see https://x.test/ or www.x.test ![](http://x.test/pixel)';

    const [, row = ''] =
      /^\| \*\*error\*\* (.*)$/m.exec(renderMarkdown(reportOf({ ...HOST_UNKNOWN, message }), OPTIONS)) ?? [];

    expect(row).toContain('ask &#64;&#8203;ai-spm/team about &#35;&#8203;12');
    expect(row).not.toMatch(/@|https?:|www\.|!\[|\]\(/);
  });

  it('has no fence in a frame that could close its block', () => {
    const readSource = () => '````\n# heading\n````\n';

    const text = renderMarkdown(reportOf({ ...HOST_UNKNOWN, source: { file: 'a', line: 2, column: 1 } }), {
      ...OPTIONS,
      readSource,
    });

    expect(text).toContain('`````text\n');
  });

  it('lets no text of others become markup, whatever it is', () => {
    fc.assert(
      fc.property(anyFindings, (findings) => {
        const text = renderMarkdown(reportOf(...findings), { ...OPTIONS, readSource: readHostile });

        const prose = outsideCodeBlocks(text);
        expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Cs}/u);
        expect(prose.replace(OWN_TAGS, '')).not.toMatch(/[<>@[\]\\]/);
        const rows = prose.split('\n').filter((line) => line.startsWith('| '));
        expect(rows.every((row) => row.split('|').length === 7)).toBe(true);
        expect(rows).toHaveLength(findings.length === 0 ? 0 : findings.length + 2);
        const begins = prose
          .split('\n')
          .filter((line) => !/^(\||<details>|<\/details>|\*\*|## Mesh check: |4 targets, |$)/.test(line));
        expect(begins).toEqual([]);
      }),
    );
  });
});
