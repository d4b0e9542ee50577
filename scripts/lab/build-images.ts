import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import { envoyProgram } from './envoy.ts';
import { hashFiles, hashText } from './hash.ts';
import { labImages } from './image-list.ts';
import { imageStore } from './images.ts';
import { LAB, labCache } from './layout.ts';
import type { ModuleFolders } from './modules.ts';
import type { Programs } from './programs.ts';

/** @returns folder with all images, as containerd keeps them */
export async function buildImages(programs: Programs, modules: ModuleFolders): Promise<string> {
  const envoy = await envoyProgram();
  const program = (name: string) => {
    const path = name === 'envoy' ? envoy : programs.paths.get(name);
    if (!path) throw new Error(`no module builds the program ${name}`);
    return path;
  };
  const standIn = compileStandIn();
  const images = labImages({
    program,
    standIn,
    istioModule: modules.istio,
    argoCdModule: modules.argoCd,
  });
  const scripts = [join(LAB, 'images/postgres.sh'), standIn];
  return imageStore(images, hashText(programs.key + hashFiles(scripts)));
}

/** The Node of the image runs no TypeScript. */
function compileStandIn(): string {
  const source = readFileSync(join(LAB, 'stand-in/server.ts'), 'utf8');
  const parser = { syntax: 'typescript' as const };
  const { code } = transformSync(source, { jsc: { parser, target: 'es2022' }, module: { type: 'commonjs' } });
  const path = join(labCache(), 'images', 'server.js');
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, code);
  return path;
}
