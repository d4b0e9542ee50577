import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../findings/finding.ts';
import { renderSarif } from './sarif.ts';
import { anyFindings } from './testing/hostile.ts';
import { CLEAN, HOST_UNKNOWN, REPORT, reportOf } from './testing/sample-report.ts';

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON, read field by field
function runOf(text: string): any {
  const { version, runs } = JSON.parse(text);
  expect([version, runs.length]).toEqual(['2.1.0', 1]);
  return runs[0];
}

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON, read field by field
function resultOf(change: Partial<Finding>): any {
  return runOf(renderSarif(reportOf({ ...HOST_UNKNOWN, ...change }))).results[0];
}

describe('sarif', () => {
  it('describes every registered code, found or not', () => {
    const { rules } = runOf(renderSarif(CLEAN)).tool.driver;

    expect(rules.map((rule: { id: string }) => rule.id)).toEqual(['MESH012', 'SRC002']);
    expect(rules[0]).toMatchObject({
      name: 'destination-host-unknown',
      shortDescription: { text: 'host of a DestinationRule is no service' },
      help: { text: expect.stringContaining('Fix: Write'), markdown: expect.stringContaining('**Fix:** Write') },
      defaultConfiguration: { level: 'error' },
      properties: { tags: ['gitops', 'mesh'], 'problem.severity': 'error' },
    });
  });

  it('has an empty list of results when clean, which closes earlier alerts', () => {
    expect(runOf(renderSarif(CLEAN)).results).toEqual([]);
  });

  it('points to the span in the source and names the resource', () => {
    const [result] = runOf(renderSarif(REPORT)).results;

    expect(result.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'base/ai-scanner/destination-rule.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 6, startColumn: 9, endColumn: 18 },
        },
        logicalLocations: [
          {
            name: 'DestinationRule ai-spm/ai-scanner',
            fullyQualifiedName: 'networking.istio.io/v1/DestinationRule/ai-spm/ai-scanner',
            kind: 'resource',
          },
        ],
      },
    ]);
  });

  it('encodes what a URI cannot hold', () => {
    const at = (file: string) => resultOf({ source: { file, line: 1, column: 1 } }).locations[0].physicalLocation;

    expect(at('a b/ü#?%:[x].yaml').artifactLocation.uri).toBe('a%20b/%C3%BC%23%3F%25%3A%5Bx%5D.yaml');
    expect(at('/tmp/a b.yaml').artifactLocation).toEqual({ uri: 'file:///tmp/a%20b.yaml' });
  });

  it('leaves out an end that is not after the start', () => {
    const { region } = resultOf({ source: { file: 'a', line: 0, column: 0, endColumn: 1 } }).locations[0]
      .physicalLocation;

    expect(region).toEqual({ startLine: 1, startColumn: 1 });
  });

  it('keeps a fingerprint when lines move or the message changes, not when the field does', () => {
    const fingerprint = (change: Partial<Finding>) => resultOf(change).partialFingerprints['resourceField/v1'];
    const same = fingerprint({});

    expect(same).toMatch(/^[0-9a-f]{16}:1$/);
    expect(fingerprint({ source: { ...HOST_UNKNOWN.source, line: 70 }, message: 'other' })).toBe(same);
    expect(fingerprint({ path: '/spec/subsets' })).not.toBe(same);
    expect(fingerprint({ code: 'SRC002' })).not.toBe(same);
  });

  it('tells two findings at one field apart', () => {
    const { results } = runOf(renderSarif(reportOf(HOST_UNKNOWN, HOST_UNKNOWN)));

    const fingerprints = results.map(
      (result: ReturnType<typeof resultOf>) => result.partialFingerprints['resourceField/v1'],
    );

    expect(fingerprints[1]).toBe(fingerprints[0].replace(/:1$/, ':2'));
  });

  it('makes no link of brackets in a message', () => {
    expect(resultOf({ message: 'see [x](1)' }).message.text).toMatch(/^see \\\[x\\\]\(1\) /);
    expect(resultOf({ message: 'ports[0] is wrong' }).message.text).toMatch(/^ports\[0\] is wrong /);
  });

  it('is what GitHub takes, whatever the text', () => {
    fc.assert(
      fc.property(anyFindings, (findings) => {
        const run = runOf(renderSarif(reportOf(...findings)));

        expect(run.results).toHaveLength(findings.length);
        const fingerprints = new Set<string>();
        for (const result of run.results) {
          const { artifactLocation, region } = result.locations[0].physicalLocation;
          expect(artifactLocation.uri).toMatch(/^(file:\/\/)?([\w.!~*'()/-]|%[0-9A-F]{2})+$/);
          expect(Math.min(region.startLine, region.startColumn)).toBeGreaterThan(0);
          expect(region.endColumn ?? Infinity).toBeGreaterThan(region.startColumn);
          if (result.ruleIndex !== undefined) expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
          fingerprints.add(result.partialFingerprints['resourceField/v1']);
        }
        expect(fingerprints.size).toBe(findings.length);
      }),
    );
  });
});
