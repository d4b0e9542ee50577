import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderGithub } from './github.ts';
import { anyFindings } from './testing/hostile.ts';
import { CLEAN, HOST_UNKNOWN, REPORT, reportOf } from './testing/sample-report.ts';

/** What the runner makes of a command line. */
function parsed(line: string): { level: string; properties: Record<string, string>; message: string } {
  const [, level = '', properties = '', message = ''] = /^::(\w+) ([^:]*)::(.*)$/.exec(line) ?? [];
  const pairs = properties.split(',').map((pair) => pair.split('=', 2) as [string, string]);
  const values = pairs.map(([name, value]) => [name, decode(value.replaceAll('%3A', ':').replaceAll('%2C', ','))]);
  return { level, properties: Object.fromEntries(values), message: decode(message) };
}

function decode(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');
}

describe('github', () => {
  it('is one annotation per finding, at its place', () => {
    expect(renderGithub(REPORT)).toMatchInlineSnapshot(`
      "::error file=base/ai-scanner/destination-rule.yaml,line=6,col=9,endColumn=18,title=MESH012 destination-host-unknown::host \`ai-scaner\` is no service of this target; \`ai-scanner\` is%0ADestinationRule ai-spm/ai-scanner at /spec/host in overlays/prod, also in clusters/prod-eu, clusters/prod-us%0AWhy: Istio applies a DestinationRule to the host that it names. A host that does not exist makes the whole rule dead: no error, and calls to the real service run without its TLS mode, timeouts and outlier detection.%0AFix: Write \`host: ai-scanner\`.
      ::warning file=overlays/prod/kustomization.yaml,line=5,col=1,endColumn=10,title=SRC002 duplicate-key::key \`resources\` is given twice%0AWhy: kustomize takes the last one and renders nothing, with exit code 0.%0AFix: Keep one of the two.
      "
    `);
  });

  it('is empty when clean', () => {
    expect(renderGithub(CLEAN)).toBe('');
  });

  it('keeps colons, commas, per cent signs and line feeds of a text inside their field', () => {
    const source = { file: 'a,line=9::b%2C.yaml', line: 1, column: 2 };

    const text = renderGithub(reportOf({ ...HOST_UNKNOWN, source, message: '100%\n::error::x%0A' }));

    expect(text).toMatch(/^::error file=a%2Cline=9%3A%3Ab%252C\.yaml,line=1,col=2,title=/);
    expect(text).toContain('::100%25 ::error::x%250A%0A');
  });

  it('stays one readable command per finding whatever the text', () => {
    fc.assert(
      fc.property(anyFindings, (findings) => {
        const text = renderGithub(reportOf(...findings));

        expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
        const commands = text.split('\n').slice(0, -1).map(parsed);
        expect(commands.map(({ level }) => level)).toEqual(findings.map(({ severity }) => severity));
        expect(commands.map(({ properties }) => Number(properties['line']))).toEqual(
          findings.map(({ source }) => source.line),
        );
        expect(commands.every(({ properties }) => properties['title']?.endsWith(' some-slug'))).toBe(true);
      }),
    );
  });
});
