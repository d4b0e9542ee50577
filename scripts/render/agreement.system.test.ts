import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRepository } from '../sources/repository.ts';
import { runProcess } from '../system/run-process.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { parseObjects } from './rendered.ts';

const ROOT = resolve(__dirname, '..', '..');
const TARGETS = readRepository(openSourceTree(ROOT))
  .targets.filter(({ trial }) => !trial)
  .map(({ name }) => name);

/** Standard output of a tool that must be there: a missing tool fails the test, it is never skipped. */
async function output(command: string, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProcess(command, args, { cwd: ROOT });
  expect(code, `${command} ${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
  return stdout + stderr;
}

describe.each(TARGETS)('%s', (target) => {
  it('builds to the same objects with kustomize and with kubectl, none of them a plaintext Secret', async () => {
    const standalone = parseObjects(await output('kustomize', ['build', target]));
    const kubectl = parseObjects(await output('kubectl', ['kustomize', target]));

    expect(standalone.length).toBeGreaterThan(target.endsWith('/platform') ? 1 : 60);
    expect(kubectl).toEqual(standalone);
    expect(standalone.filter(({ ref }) => ref.kind === 'Secret')).toEqual([]);
  });

  it('is accepted by the validation and the analysis of Istio', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ai-spm-mesh-istio-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'rendered.yaml');
    writeFileSync(file, await output('kustomize', ['build', target]));

    expect(await output('istioctl', ['validate', '-f', file])).toContain('is valid');
    expect(
      await output('istioctl', ['analyze', '--use-kube=false', '-A', '--failure-threshold', 'Warning', file]),
    ).toContain('No validation issues found');
  });
});

describe('the judges', () => {
  it('do refuse what is wrong', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ai-spm-mesh-istio-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'broken.yaml');
    writeFileSync(file, (await output('kustomize', ['build', 'overlays/prod'])).replace('mode: STRICT', 'mode: STRCT'));

    expect((await runProcess('istioctl', ['validate', '-f', file])).code).not.toBe(0);
  });
});
