import type { Finding } from '../../findings/finding.ts';
import type { CodeInfo } from '../../rules/rule.ts';
import type { Report, ReportObject, ReportOptions } from '../report.ts';

/** A small report as a run would make it, for the tests of all formats. */

export const SOURCES: Readonly<Record<string, string>> = {
  'base/ai-scanner/destination-rule.yaml': `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: ai-scanner
spec:
  host: ai-scaner
  trafficPolicy:
    connectionPool:
      tcp:
        maxConnections: 100
`,
  'overlays/prod/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../../base
resources: []
`,
};

export const HOST_UNKNOWN: Finding = {
  code: 'MESH012',
  slug: 'destination-host-unknown',
  severity: 'error',
  target: 'overlays/prod',
  also: ['clusters/prod-eu', 'clusters/prod-us'],
  resource: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    namespace: 'ai-spm',
    name: 'ai-scanner',
  },
  path: '/spec/host',
  source: { file: 'base/ai-scanner/destination-rule.yaml', line: 6, column: 9, endColumn: 18 },
  message: 'host `ai-scaner` is no service of this target; `ai-scanner` is',
  why: 'Istio applies a DestinationRule to the host that it names. A host that does not exist makes the whole rule dead: no error, and calls to the real service run without its TLS mode, timeouts and outlier detection.',
  fix: 'Write `host: ai-scanner`.',
  docs: 'docs/rules/MESH012.md',
};

export const DUPLICATE_KEY: Finding = {
  code: 'SRC002',
  slug: 'duplicate-key',
  severity: 'warning',
  also: [],
  source: { file: 'overlays/prod/kustomization.yaml', line: 5, column: 1, endColumn: 10 },
  message: 'key `resources` is given twice',
  why: 'kustomize takes the last one and renders nothing, with exit code 0.',
  fix: 'Keep one of the two.',
  docs: 'docs/rules/SRC002.md',
};

function codeInfo({ code, slug, severity, why, fix }: Finding, title: string): CodeInfo {
  return { code, slug, severity, title, why, fix, bad: 'kind: A', good: 'kind: B' };
}

export const OBJECTS: readonly ReportObject[] = [
  {
    ref: { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', namespace: 'ai-spm', name: 'ai-scanner' },
    origin: 'base/ai-scanner/destination-rule.yaml',
    targets: ['overlays/prod', 'clusters/prod-eu', 'clusters/prod-us'],
    yaml: 'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: ai-scanner\n  namespace: ai-spm\nspec:\n  host: ai-scaner\n',
  },
  {
    ref: { apiVersion: 'v1', kind: 'Namespace', name: 'ai-spm' },
    origin: 'base/mesh/namespace.yaml',
    targets: ['overlays/dev', 'overlays/prod', 'clusters/prod-eu', 'clusters/prod-us'],
    yaml: 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ai-spm\n',
  },
  {
    ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ai-spm', name: 'api-gateway' },
    targets: ['overlays/dev'],
    yaml: 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api-gateway\n  namespace: ai-spm\n',
  },
];

export const REPORT: Report = {
  findings: [HOST_UNKNOWN, DUPLICATE_KEY],
  codes: [
    codeInfo(HOST_UNKNOWN, 'host of a DestinationRule is no service'),
    codeInfo(DUPLICATE_KEY, 'key is given twice'),
  ],
  targets: [
    { name: 'overlays/dev', objects: 60, cached: true, seconds: 0 },
    { name: 'overlays/prod', objects: 62, cached: false, seconds: 0.4127 },
    { name: 'clusters/prod-eu', objects: 64, cached: false, seconds: 0.5 },
    { name: 'clusters/prod-us', objects: 64, cached: false, seconds: 0.5 },
  ],
  objects: OBJECTS,
  summary: { targets: 4, objects: 250, errors: 1, warnings: 1, seconds: 1.234 },
  tool: { version: '0.1.0', kustomize: 'v5.8.1' },
};

export const CLEAN: Report = {
  ...REPORT,
  findings: [],
  summary: { ...REPORT.summary, errors: 0, warnings: 0 },
};

export const OPTIONS: ReportOptions = { color: false, width: 80, readSource: (file) => SOURCES[file] };

/** The same report with other findings and a summary that counts them. */
export function reportOf(...findings: readonly Finding[]): Report {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return { ...REPORT, findings, summary: { ...REPORT.summary, errors, warnings: findings.length - errors } };
}
