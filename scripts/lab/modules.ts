import { PROGRAM_MODULES } from './program-list.ts';
import { moduleFolder } from './programs.ts';

/** Sources of the programs, for the charts and manifests that belong to them. */
export interface ModuleFolders {
  istio: string;
  argoCd: string;
  sealedSecrets: string;
  metallb: string;
}

export async function moduleFolders(): Promise<ModuleFolders> {
  const folderOf = (name: string) => {
    const module = PROGRAM_MODULES.find(({ folder }) => folder === name);
    if (!module) throw new Error(`no program comes from lab/programs/${name}`);
    return moduleFolder(module);
  };
  return {
    istio: await folderOf('istio'),
    argoCd: await folderOf('argo-cd'),
    sealedSecrets: await folderOf('sealed-secrets'),
    metallb: await folderOf('metallb'),
  };
}
