import type { Finding } from '../findings/finding.ts';
import { type Markup, markup } from './markup.ts';
import type { Report, ReportOptions } from './report.ts';
import { REPOSITORY, type TargetTally, tallyTargets } from './tally.ts';
import { locationOf, occurrence, oneLine, subjectOf } from './text.ts';

interface Suite {
  xml: Markup;
  tests: number;
  failures: number;
}

/**
 * Format `junit`: one test suite per target, one test case per finding in it. A finding below the failing severity is a passed test
 * case with output, so that the test tab of a CI service and the exit code agree.
 */
export function renderJunit(report: Report, { failOn = 'error' }: ReportOptions): string {
  const rows = tallyTargets(report);
  const suites = (rows.length > 0 ? rows : [EMPTY]).map((row) => suite(row, failOn === 'warning'));
  const tests = sum(suites.map((one) => one.tests));
  const failures = sum(suites.map((one) => one.failures));
  return `<?xml version="1.0" encoding="UTF-8"?>
${markup`<testsuites name="ai-spm-mesh" tests="${tests}" failures="${failures}" errors="0" skipped="0" time="${time(report.summary.seconds)}">
${suites.map((one) => one.xml)}</testsuites>
`}`;
}

/** A run over nothing still reports one passed test: CI services take a file without tests for a broken run. */
const EMPTY: TargetTally = { name: REPOSITORY, cached: false, seconds: 0, findings: [], errors: 0, warnings: 0 };

function suite({ name, findings, seconds }: TargetTally, warningsFail: boolean): Suite {
  const failures = findings.filter((finding) => fails(finding, warningsFail)).length;
  const tests = Math.max(1, findings.length);
  const cases =
    findings.length === 0
      ? markup`    <testcase classname="${oneLine(name)}" name="no findings" />\n`
      : findings.map((finding) => testCase(finding, name, fails(finding, warningsFail)));
  const xml = markup`  <testsuite name="${oneLine(name)}" tests="${tests}" failures="${failures}" errors="0" skipped="0" time="${time(seconds)}">
${cases}  </testsuite>
`;
  return { xml, tests, failures };
}

function testCase(finding: Finding, target: string, failed: boolean): Markup {
  const { code, slug, severity, source, message } = finding;
  const place = locationOf(finding);
  const open = markup`    <testcase classname="${oneLine(target)}" name="${oneLine(`${code} ${slug}: ${place}`)}" file="${oneLine(source.file)}" line="${source.line}">`;
  const body = failed
    ? markup`<failure type="${severity}" message="${oneLine(message)}">${details(finding, target)}</failure>`
    : markup`<system-out>${details(finding, target)}</system-out>`;
  return markup`${open}\n      ${body}\n    </testcase>\n`;
}

/** In full only in the first of its suites: a fleet would repeat it a thousand times. */
function details(finding: Finding, suiteName: string): string {
  const { code, severity, message, why, fix, target } = finding;
  const first = [`${locationOf(finding)} ${severity} ${code}`, message, subjectOf(finding)];
  const rest =
    target === undefined || target === suiteName
      ? [occurrence(finding, 5), `why: ${why}`, `fix: ${fix}`]
      : [`why and fix: see test suite ${target}`];
  return [...first, ...rest].map(oneLine).filter(Boolean).join('\n');
}

function fails({ severity }: Finding, warningsFail: boolean): boolean {
  return severity === 'error' || warningsFail;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function time(seconds: number): string {
  return seconds.toFixed(3);
}
