import { describe, expect, it } from 'vitest';
import { readRepository } from '../../sources/repository.ts';
import { treeOf } from '../../system/source-tree.ts';
import { authorityTree, type ExampleAuthority } from './example-authority.ts';
import { meshRootUntrustedRule } from './mesh-root-untrusted.ts';

function found(files: Readonly<Record<string, string>>) {
  const repository = readRepository(treeOf(files));
  return [...meshRootUntrustedRule.check({ repository, objectsOf: () => undefined, failureOf: () => undefined })];
}

const OTHER = 'clusters/other/cluster.yaml';
const OLD: ExampleAuthority = { signs: 'old', trusts: ['old'] };
const BOTH: ExampleAuthority['trusts'] = ['old', 'new'];
/** What two pull requests lead to that were right alone: no root is left in common. */
const APART = authorityTree({ demo: { signs: 'new', trusts: ['new'] }, other: OLD });

describe('mesh-root-untrusted', () => {
  it('names each member that does not trust another one, at its bundle', () => {
    const problems = found(APART);

    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^`other` does not trust the root [0-9a-f]{12}, under which `demo` signs$/),
      expect.stringMatching(/^`demo` does not trust the root [0-9a-f]{12}, under which `other` signs$/),
    ]);
    const { file, line } = problems[1]?.source ?? { file: '', line: 0 };
    expect(file).toBe('clusters/demo/platform/cacerts.yaml');
    expect(APART[file]?.split('\n')[line - 1]).toContain('root-cert.pem');
  });

  it('accepts two members one step of the rotation apart', () => {
    const phases: ExampleAuthority[] = [
      OLD,
      { signs: 'old', trusts: BOTH },
      { signs: 'new', trusts: BOTH },
      { signs: 'new', trusts: ['new'] },
    ];
    for (const [index, other] of phases.slice(0, -1).entries())
      expect(found(authorityTree({ demo: phases[index + 1] ?? OLD, other }))).toEqual([]);
  });

  it('leaves alone clusters outside of the federation, which meet nobody', () => {
    const solo = { ...APART, [OTHER]: APART[OTHER]?.replace('overlay: federation', 'overlay: small') ?? '' };

    expect(found(solo)).toEqual([]);
  });

  it('counts a cluster whose record is wrong as a member', () => {
    const wrong = { ...APART, [OTHER]: APART[OTHER]?.replace('overlay: federation', 'overlay: 7') ?? '' };

    expect(found(wrong)).toHaveLength(2);
  });

  it('reports a cluster that does not trust what its own istiod signs', () => {
    const problems = found(authorityTree({ demo: { signs: 'new', trusts: ['old'] } }));

    expect(problems.map(({ message }) => message)).toEqual(['`demo` does not trust any root under which `demo` signs']);
  });

  it.each([
    ['sealed as a whole', (text: string) => text.replace('ca-cert.pem', 'x').replace('root-cert.pem', 'y')],
    ['a certificate that is none', (text: string) => text.replace(/MII.*/, 'AAAA')],
    ['no YAML', () => 'kind: SealedSecret\n\tx'],
    ['another kind', (text: string) => text.replace('SealedSecret', 'ExternalSecret')],
  ])('says nothing of an authority that does not show itself: %s', (_, change) => {
    const path = 'clusters/demo/platform/cacerts.yaml';

    expect(found({ ...APART, [path]: change(APART[path] ?? '') })).toEqual([]);
  });
});
