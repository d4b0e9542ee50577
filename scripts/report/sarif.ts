import { createHash } from 'node:crypto';
import { describeResource, type Finding } from '../findings/finding.ts';
import type { CodeText } from '../rules/rule.ts';
import { jsonText } from './json.ts';
import type { Report } from './report.ts';
import { occurrence } from './text.ts';

const TARGETS_NAMED = 5;

/** Format `sarif`: SARIF 2.1.0, within what GitHub code scanning reads of it. */
export function renderSarif({ findings, codes, tool }: Report): string {
  const ruleIndexes = new Map(codes.map(({ code }, index) => [code, index]));
  const seen = new Map<string, number>();
  return jsonText({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'ai-spm-mesh', version: tool.version, rules: codes.map(rule) } },
        invocations: [{ executionSuccessful: true }],
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => result(finding, ruleIndexes.get(finding.code), seen)),
      },
    ],
  });
}

function rule({ code, slug, severity, title, why, fix }: CodeText): object {
  const more = `npm run explain -- ${code}`;
  return {
    id: code,
    name: slug,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: {
      text: `${why}\n\nFix: ${fix}\n\nMore: ${more}`,
      markdown: `${why}\n\n**Fix:** ${fix}\n\nMore: \`${more}\``,
    },
    defaultConfiguration: { level: severity },
    properties: { tags: ['gitops', code.replace(/\d+$/, '').toLowerCase()], 'problem.severity': severity },
  };
}

function result(finding: Finding, ruleIndex: number | undefined, seen: Map<string, number>): object {
  const { code, severity, source, resource, target, also, path, message, why, fix } = finding;
  const where = occurrence(finding, TARGETS_NAMED);
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: plainText(`${message}${where && ` (${where})`}\nFix: ${fix}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactLocation(source.file),
          region: region(source),
        },
        logicalLocations: resource && [
          { name: describeResource(resource), fullyQualifiedName: qualifiedName(finding), kind: 'resource' },
        ],
      },
    ],
    partialFingerprints: { 'resourceField/v1': fingerprint(finding, seen) },
    properties: { target, also, path, why, fix },
  };
}

/** Regions start at 1 and an end lies after the start; what a rule got wrong there must not make the whole upload fail. */
function region({ line, column, endColumn }: Finding['source']): object {
  const startColumn = Math.max(1, column);
  return {
    startLine: Math.max(1, line),
    startColumn,
    endColumn: endColumn !== undefined && endColumn > startColumn ? endColumn : undefined,
  };
}

/** Files of the repository are relative to its root; anything else (a file handed over by path) is named absolutely. */
function artifactLocation(file: string): object {
  // Through UTF-8, since a lone surrogate is no URI component.
  const path = file.split('/').map((segment) => encodeURIComponent(Buffer.from(segment).toString()));
  const uri = path.join('/');
  return uri.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' };
}

function qualifiedName({ resource }: Finding): string | undefined {
  return resource && [resource.apiVersion, resource.kind, resource.namespace ?? '', resource.name].join('/');
}

/** Same problem, same fingerprint, wherever it moves in its file; the message stays out, since it may quote what was edited. */
function fingerprint(finding: Finding, seen: Map<string, number>): string {
  const identity = [finding.code, finding.source.file, qualifiedName(finding) ?? '', finding.path ?? ''];
  const hash = createHash('sha256').update(identity.join('\0')).digest('hex').slice(0, 16);
  const number = (seen.get(hash) ?? 0) + 1;
  seen.set(hash, number);
  return `${hash}:${number}`;
}

/** `[text](id)` in a SARIF message is a link; brackets that came with the message are not. */
function plainText(text: string): string {
  return text.includes('](') ? text.replace(/[\\[\]]/g, '\\$&') : text;
}
