import { parseAllDocuments, type Tags } from 'yaml';
import { parseYaml } from '../yaml/yaml-file.ts';
import { refused } from './expansion-error.ts';

/** What the YAML 1.1 of the library knows and sigs.k8s.io/yaml, which Argo CD reads with, does not: dates and 1:30 for 90. */
const NOT_OF_GO = /timestamp|:int:TIME|:float:TIME/;

/** The first document, as Argo CD reads it: YAML 1.1, where `yes` is true and 010 is 8. */
export function readYaml(text: string): unknown {
  const [problem] = parseYaml('', text).problems.filter(({ kind }) => kind !== 'duplicate-key');
  if (problem) throw refused(`the text is no YAML that can be read: ${problem.message}`);
  const all = parseAllDocuments(text, { version: '1.1', uniqueKeys: false, merge: true, customTags: withoutTimes });
  const [document] = Array.isArray(all) ? all : [];
  if (!document) return null;
  const [error] = document.errors;
  if (error) throw refused(`the text is no YAML: ${error.message}`);
  return document.toJS({ maxAliasCount: 100 });
}

function withoutTimes(tags: Tags): Tags {
  return tags.filter(
    (tag) =>
      typeof tag === 'string' || (!NOT_OF_GO.test(`${tag.tag}:${'format' in tag ? tag.format : ''}`) && !isTime(tag)),
  );
}

function isTime(tag: { tag?: string; format?: string }): boolean {
  return tag.format === 'TIME';
}
