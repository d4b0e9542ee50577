import fc from 'fast-check';
import type { Finding } from '../../findings/finding.ts';

/** Text that tries to break out of one format or another. */
export const HOSTILE_TEXTS = [
  '\u001b[2J\u001b[31mred',
  '\u009b2J',
  'two\r\nlines\nof text',
  '\u202egnp.exe',
  'zero\u200bwidth',
  '\ud800 lone',
  '\u0000\uffff',
  '</script><script>document.title="owned"</script>',
  '<img src=x onerror="document.title=1">',
  `"' autofocus onfocus="alert(1)`,
  ']]></failure><failure/>&amp;&bogus;',
  '\n::error file=a::injected',
  '%0A::set-output name=a::b',
  'a | b \\| c `tick` ``` @team #12 ![x](http://x.test/y) https://x.test www.x.test',
  '</details>\n\n# heading\n- list',
  'a'.repeat(300),
  '中文宽字符'.repeat(30),
] as const;

const anyText = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
const word = fc.oneof(anyText, fc.constantFrom('overlays/prod', 'ai-spm', 'Deployment')).map((text) => text || '-');

/** Findings in which every text may be hostile; codes, severities and positions are what rules make. */
export const anyFinding: fc.Arbitrary<Finding> = fc.record(
  {
    code: fc.constantFrom('MESH012', 'SRC002', 'K8S001'),
    slug: fc.constant('some-slug'),
    severity: fc.constantFrom('error' as const, 'warning' as const),
    target: word,
    also: fc.uniqueArray(word, { maxLength: 12 }),
    resource: fc.record({ apiVersion: word, kind: word, namespace: word, name: word }),
    path: anyText,
    source: fc.record(
      {
        file: fc.oneof(word, fc.constant('hostile.yaml')),
        line: fc.integer({ min: 1, max: 8 }),
        column: fc.integer({ min: 1, max: 90 }),
        endColumn: fc.integer({ min: 1, max: 200 }),
      },
      { requiredKeys: ['file', 'line', 'column'] },
    ),
    message: word,
    why: word,
    fix: word,
    docs: fc.constant('docs/rules/MESH012.md'),
  },
  { requiredKeys: ['code', 'slug', 'severity', 'also', 'source', 'message', 'why', 'fix', 'docs'] },
);

export const anyFindings = fc.array(anyFinding, { maxLength: 6 });

/** A source file whose every line is hostile. */
export const HOSTILE_SOURCE = HOSTILE_TEXTS.map((text) => text.replace(/[\r\n]/g, ' ')).join('\n');

export function readHostile(file: string): string | undefined {
  return file === 'hostile.yaml' ? HOSTILE_SOURCE : undefined;
}
