import { describe, expect, it } from 'vitest';
import { HOST_UNKNOWN } from './testing/sample-report.ts';
import { occurrence, oneLine, subjectOf, summaryLine, visible } from './text.ts';

describe('visible', () => {
  it.each([
    ['\u001b[31m', '\\x1b[31m'],
    ['\u009b', '\\x9b'],
    ['\u202egnp', '\\u{202e}gnp'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\u2028', '\\u{2028}'],
    ['\0\uffff', '\\x00\\u{ffff}'],
  ])('shows %j as %s', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('keeps ordinary text of any script, line feeds and tabs', () => {
    const text = 'plain\n\tÄrger 中文 🙂 naïve';

    expect(visible(text)).toBe(text);
  });
});

it('oneLine folds all white space', () => {
  expect(oneLine('  a\r\n\tb  c ')).toBe('a b c');
});

describe('summaryLine', () => {
  it('has the plural of many and of none', () => {
    const line = summaryLine({ targets: 9, objects: 642, errors: 2, warnings: 0, seconds: 1.24 });

    expect(line).toBe('9 targets, 642 objects: 2 errors, 0 warnings in 1.2 s');
  });

  it('has the singular of one', () => {
    const line = summaryLine({ targets: 1, objects: 1, errors: 1, warnings: 1, seconds: 0 });

    expect(line).toBe('1 target, 1 object: 1 error, 1 warning in 0.0 s');
  });
});

describe('occurrence', () => {
  it('names one target', () => {
    expect(occurrence({ ...HOST_UNKNOWN, also: [] }, 3)).toBe('in overlays/prod');
  });

  it('counts the targets that it does not name', () => {
    const finding = { ...HOST_UNKNOWN, also: ['a', 'b', 'c', 'd'] };

    expect(occurrence(finding, 2)).toBe('in overlays/prod, also in a, b and 2 more');
  });

  it('is empty for a finding of no target', () => {
    const { target: _, ...finding } = HOST_UNKNOWN;

    expect(occurrence({ ...finding, also: [] }, 2)).toBe('');
  });
});

it('subjectOf leaves out the namespace of a cluster-scoped resource', () => {
  const resource = { apiVersion: 'v1', kind: 'Namespace', name: 'ai-spm' };

  expect(subjectOf({ ...HOST_UNKNOWN, resource, path: '/metadata' })).toBe('Namespace ai-spm at /metadata');
});
