import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asOrdinaryUser } from '../testing/ordinary-user.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { makeFolder, writeFileAtomic } from './write-file.ts';

function refusal(message: string) {
  return expect.objectContaining({ name: 'UserError', message });
}

describe('writeFileAtomic', () => {
  it('names the file, not the unfinished one, where the machine refuses', () => {
    const folder = temporaryTree({ file: 'old' });
    mkdirSync(join(folder, 'locked'), { mode: 0o555 });
    chmodSync(folder, 0o755);
    const locked = join(folder, 'locked/x');
    for (const [path, reason] of [
      [join(folder, 'none/x'), 'its folder does not exist'],
      [join(folder, 'file/x'), 'its folder is a file'],
      [join(folder, 'locked'), 'it is a folder'],
    ] as const) {
      expect(() => writeFileAtomic(path, 'new')).toThrow(refusal(`${path} cannot be written: ${reason}`));
    }
    expect(() => asOrdinaryUser(() => writeFileAtomic(locked, 'new'))).toThrow(
      refusal(`${locked} cannot be written: permission denied`),
    );
    expect(() => makeFolder(join(folder, 'file/x'))).toThrow(
      refusal(`${join(folder, 'file/x')} cannot be written: its folder is a file`),
    );
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['file', 'locked']);
  });

  it('replaces files, and writes to devices', () => {
    const path = join(temporaryTree({ file: 'old' }), 'file');
    writeFileAtomic(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    const device = `${path}-device`;
    symlinkSync('/dev/null', device);
    writeFileAtomic(device, 'text');
    expect(lstatSync(device).isSymbolicLink()).toBe(true);
  });
});
