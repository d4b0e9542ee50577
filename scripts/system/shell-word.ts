const SAFE = /^[\w@%+=:,./-]+$/;

/** A name as a shell takes it: one word, and nothing in it that runs. Commands that are printed are copied. */
export function shellWord(name: string): string {
  return SAFE.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
