import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderJunit } from './junit.ts';
import { anyFindings } from './testing/hostile.ts';
import { elementsOf, parseMarkup } from './testing/parse-markup.ts';
import { CLEAN, DUPLICATE_KEY, HOST_UNKNOWN, OPTIONS, REPORT, reportOf } from './testing/sample-report.ts';
import { oneLine } from './text.ts';

function suitesOf(xml: string): (string | undefined)[][] {
  return elementsOf(parseMarkup(xml), 'testsuite').map(({ attributes }) => [
    attributes['name'],
    attributes['tests'],
    attributes['failures'],
  ]);
}

describe('junit', () => {
  it('has one suite per target, and one for what belongs to none', () => {
    expect(suitesOf(renderJunit(REPORT, OPTIONS))).toEqual([
      ['overlays/dev', '1', '0'],
      ['overlays/prod', '1', '1'],
      ['clusters/prod-eu', '1', '1'],
      ['clusters/prod-us', '1', '1'],
      ['repository', '1', '0'],
    ]);
  });

  it('has a passed test per target when clean, and one even for no targets', () => {
    expect(suitesOf(renderJunit(CLEAN, OPTIONS)).map((suite) => suite.slice(1))).toEqual(Array(4).fill(['1', '0']));
    expect(suitesOf(renderJunit({ ...CLEAN, targets: [] }, OPTIONS))).toEqual([['repository', '1', '0']]);
  });

  it('fails on warnings when the run does', () => {
    const report = reportOf(DUPLICATE_KEY);

    expect(elementsOf(parseMarkup(renderJunit(report, OPTIONS)), 'failure')).toEqual([]);
    expect(elementsOf(parseMarkup(renderJunit(report, { ...OPTIONS, failOn: 'warning' })), 'failure')).toHaveLength(1);
  });

  it('says why and what to do, in full in the first suite', () => {
    const [first, second] = elementsOf(parseMarkup(renderJunit(reportOf(HOST_UNKNOWN), OPTIONS)), 'failure');

    expect(first?.text).toMatchInlineSnapshot(`
      "base/ai-scanner/destination-rule.yaml:6:9 error MESH012
      host \`ai-scaner\` is no service of this target; \`ai-scanner\` is
      DestinationRule ai-spm/ai-scanner at /spec/host
      in overlays/prod, also in clusters/prod-eu, clusters/prod-us
      why: Istio applies a DestinationRule to the host that it names. A host that does not exist makes the whole rule dead: no error, and calls to the real service run without its TLS mode, timeouts and outlier detection.
      fix: Write \`host: ai-scanner\`."
    `);
    expect(second?.text).toContain('why and fix: see test suite overlays/prod');
    expect(second?.text).not.toContain('fix: Write');
  });

  it('is well-formed with right counts whatever the text', () => {
    fc.assert(
      fc.property(anyFindings, fc.constantFrom('error' as const, 'warning' as const), (findings, failOn) => {
        const root = parseMarkup(renderJunit(reportOf(...findings), { ...OPTIONS, failOn }));

        for (const suite of [root, ...elementsOf(root, 'testsuite')]) {
          expect(Number(suite.attributes['tests'])).toBe(elementsOf(suite, 'testcase').length);
          expect(Number(suite.attributes['failures'])).toBe(elementsOf(suite, 'failure').length);
        }
        const messages = elementsOf(root, 'failure').map(({ attributes }) => attributes['message']);
        const expected = findings.filter(({ severity }) => severity === 'error' || failOn === 'warning');
        expect(new Set(messages)).toEqual(new Set(expected.map(({ message }) => oneLine(message))));
      }),
    );
  });
});
