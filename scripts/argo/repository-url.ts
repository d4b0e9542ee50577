/** Whether two URLs name the same repository to Argo CD, which passes over letter case, `.git` and the user. */
export function sameRepository(a: string, b: string): boolean {
  return normalizeUrl(a) === normalizeUrl(b);
}

export function normalizeUrl(url: string): string {
  const plain = url.trim().toLowerCase();
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/)(.+)$/.exec(plain);
  const path =
    scp && !plain.includes('://') ? `ssh://${scp[1]}/${scp[2]}` : plain.replace(/^([a-z+]+:\/\/)[^@/]+@/, '$1');
  return path.replace(/\/+$/, '').replace(/\.git$/, '');
}
