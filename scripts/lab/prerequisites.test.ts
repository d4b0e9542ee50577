import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { missingPrograms } from './prerequisites.ts';

const DEBIAN = 'containerd conntrack git ip iptables mmdebstrap nft nsenter openssl pgrep runc sysctl'.split(' ');
const OTHERS = ['go', 'kubectl', 'python3'];

/** A folder with programs of these names, which end with the exit code. */
function folderWith(names: readonly string[], exitCode = 0): string {
  const folder = temporaryTree(Object.fromEntries(names.map((name) => [name, `#!/bin/sh\nexit ${exitCode}\n`])));
  for (const name of names) chmodSync(join(folder, name), 0o755);
  return folder;
}

it('nothing is missing where everything is on PATH, in whatever folder', () => {
  expect(missingPrograms(`${folderWith(DEBIAN)}:${folderWith(OTHERS)}`)).toEqual({ packages: [], others: [] });
});

it('each package is named once', () => {
  const without = DEBIAN.filter((name) => !['pgrep', 'sysctl', 'ip'].includes(name));

  expect(missingPrograms(folderWith([...without, ...OTHERS])).packages).toEqual(['iproute2', 'procps']);
});

it('Python without pip cannot get Envoy', () => {
  const programs = folderWith([...DEBIAN, 'go', 'kubectl']);

  expect(missingPrograms(`${programs}:${folderWith(['python3'], 1)}`)).toEqual({
    packages: ['python3-pip'],
    others: [],
  });
  expect(missingPrograms(programs)).toEqual({ packages: [], others: ['python3'] });
});
