/**
 * Remembers what a pure function of a text has said.
 * @param most answers that are kept; then all are forgotten, so that memory has a bound
 */
export function remembered<T>(compute: (text: string) => T, most: number): (text: string) => T {
  const known = new Map<string, { answer: T }>();
  return (text) => {
    const found = known.get(text);
    if (found) return found.answer;
    const answer = compute(text);
    if (known.size >= most) known.clear();
    known.set(text, { answer });
    return answer;
  };
}
