import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from './shell-word.ts';

it.each(['main', 'origin/feature-1', 'clusters/prod-eu/cluster.yaml', 'a@b:5000/c=d,e%20+1'])(
  'leaves `%s` as it is',
  (name) => {
    expect(shellWord(name)).toBe(name);
  },
);

it.each(['', 'two words', '$(touch /tmp/x)', '`id`', "it's", 'a;b', 'a&b', '*', '~', '#', 'a\nb', '\\', '"', '!!'])(
  'a shell takes `%s` for one word, and runs nothing',
  (name) => {
    expect(spawnSync('sh', ['-c', `printf %s ${shellWord(name)}`], { encoding: 'utf8' }).stdout).toBe(name);
  },
);
