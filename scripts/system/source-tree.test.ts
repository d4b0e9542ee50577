import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asOrdinaryUser } from '../testing/ordinary-user.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { openSourceTree } from './source-tree.ts';

describe('openSourceTree', () => {
  it('names the file or folder that may not be read', () => {
    const root = temporaryTree({ 'base/secret.yaml': 'a: 1', 'base/locked/a.yaml': 'a: 1' });
    const tree = openSourceTree(root);
    chmodSync(root, 0o755);
    chmodSync(join(root, 'base/secret.yaml'), 0);
    chmodSync(join(root, 'base/locked'), 0);
    const refusal = (path: string) =>
      expect.objectContaining({ name: 'UserError', message: `${path} cannot be read: permission denied` });

    expect(() => asOrdinaryUser(() => tree.read('base/secret.yaml'))).toThrow(refusal('base/secret.yaml'));
    expect(() => asOrdinaryUser(() => tree.list('base'))).toThrow(refusal('base/locked'));
    expect(() => asOrdinaryUser(() => tree.kind('base/locked/a.yaml'))).toThrow(refusal('base/locked/a.yaml'));
    chmodSync(join(root, 'base/locked'), 0o755);
  });
});
