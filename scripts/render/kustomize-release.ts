/** A published version of kustomize, and what its archives must hash to. */
export interface KustomizeRelease {
  version: string;
  goPackage: string;
  /** Folder of the archives, which are named as upstream names them: `kustomize_v5.8.1_linux_amd64.tar.gz`. */
  archives: string;
  /** SHA-256 of each archive, by `<os>_<arch>`. */
  checksums: Readonly<Record<string, string>>;
}

/** What is installed where no suitable tool is at hand. The sums are those of the checksums.txt of the release. */
export const PINNED_KUSTOMIZE: KustomizeRelease = {
  version: '5.8.1',
  goPackage: 'sigs.k8s.io/kustomize/kustomize/v5',
  archives: 'https://github.com/kubernetes-sigs/kustomize/releases/download/kustomize%2Fv5.8.1',
  checksums: {
    linux_amd64: '029a7f0f4e1932c52a0476cf02a0fd855c0bb85694b82c338fc648dcb53a819d',
    linux_arm64: '0953ea3e476f66d6ddfcd911d750f5167b9365aa9491b2326398e289fef2c142',
    darwin_arm64: '8886f8a78474e608cc81234f729fda188a9767da23e28925802f00ece2bab288',
  },
};

/** This machine in the words of the release: `linux_amd64`. */
export function platformName(os: string = process.platform, arch: string = process.arch): string {
  return `${os}_${arch === 'x64' ? 'amd64' : arch}`;
}
