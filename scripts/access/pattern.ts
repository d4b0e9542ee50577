/**
 * True when every text that `inner` matches is matched by `outer` too. Patterns are those of Istio's AuthorizationPolicy:
 * `*` for anything, `prefix*`, `*suffix`, else the text itself; a pattern that begins with `*` is a suffix (istio.io/istio
 * pilot/pkg/security/authz/matcher).
 */
export function covers(outer: string, inner: string): boolean {
  if (outer === '*' || outer === inner) return true;
  if (inner === '*') return false;
  if (outer.startsWith('*')) {
    const suffix = outer.slice(1);
    return inner.startsWith('*') ? inner.slice(1).endsWith(suffix) : !inner.endsWith('*') && inner.endsWith(suffix);
  }
  if (!outer.endsWith('*') || inner.startsWith('*')) return false;
  const prefix = outer.slice(0, -1);
  return inner.endsWith('*') ? inner.slice(0, -1).startsWith(prefix) : inner.startsWith(prefix);
}
