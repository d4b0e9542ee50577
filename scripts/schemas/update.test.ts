import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../system/user-error.ts';
import { updateSchemas } from './update.ts';

describe('updateSchemas without Go', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'schemas-'));
    cpSync(join(__dirname, '../../schemas'), join(root, 'schemas'), { recursive: true });
    vi.stubEnv('PATH', root);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });

  it('says what is missing and what to do, and leaves every file as it was', async () => {
    const state = () =>
      readdirSync(join(root, 'schemas')).map((name) => [name, readFileSync(join(root, 'schemas', name), 'utf8')]);
    const before = state();

    const error = await updateSchemas({ root, check: false, log: () => {} }).catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: expect.stringContaining('`go` was not found') });
    expect(state()).toEqual(before);
  });
});
