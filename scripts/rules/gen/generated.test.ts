import { describe, expect, it } from 'vitest';
import { readRepository } from '../../sources/repository.ts';
import { treeOf } from '../../system/source-tree.ts';
import { RECORD, recordTree } from './example-tree.ts';
import { generatedRule } from './generated.ts';

function problems(files: Readonly<Record<string, string>>): string[] {
  const context = { repository: readRepository(treeOf(files)), objectsOf: () => undefined, failureOf: () => undefined };
  return [...generatedRule.check(context)].map(
    ({ code, source, message, fix }) => `${code.code} ${source.file}:${source.line} ${message} | ${fix ?? ''}`,
  );
}

const RECORD_FILE = 'clusters/demo/cluster.yaml';
const INFO = 'clusters/demo/cluster-info.yaml';

describe('generatedRule', () => {
  it('leaves it to the rules about YAML to report what is wrong with the YAML of a record', () => {
    expect(problems(recordTree(`${RECORD}name: demo\n`))).toEqual([]);
  });

  it('names the schema of the rings for a mistake in the rings', () => {
    const found = problems({
      ...recordTree(RECORD),
      'argocd/rings.yaml': 'rings:\n  - { name: first, revison: main }\n',
    });
    expect(found).toEqual([
      expect.stringMatching(
        /^GEN001 argocd\/rings.yaml:2 ring 1: `revison` .*did you mean `revision`.*schemas\/rings\.schema\.json/,
      ),
    ]);
  });

  it('gives each conflict the fix that fits it', () => {
    expect(problems(recordTree(RECORD.replace('overlay: small', 'overlay: smal')))).toEqual([
      expect.stringMatching(/did you mean `small`\? \| Use one of small, or create overlays\/smal\.$/),
    ]);
  });

  it('shows the first line that differs, and the two texts of it', () => {
    const files = { ...recordTree(RECORD), [RECORD_FILE]: RECORD.replace('eu-west-1', 'eu-west-2') };
    expect(problems(files)).toContain(
      `GEN003 ${INFO}:10 expected \`  region: eu-west-2 # from region\`, found \`  region: eu-west-1 # from region\` | `,
    );
  });

  it('says so where only the line ends differ, or the file is missing', () => {
    const files = recordTree(RECORD);
    const windows = { ...files, [INFO]: (files[INFO] ?? '').replaceAll('\n', '\r\n') };
    expect(problems(windows)).toEqual([expect.stringMatching(/^GEN003 .*:1 .*CRLF/)]);
    const { [INFO]: _, ...without } = files;
    expect(problems(without)).toEqual([expect.stringMatching(/^GEN003 .*:1 the file is missing/)]);
  });
});
