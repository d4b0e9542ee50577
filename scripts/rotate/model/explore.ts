/** What may happen in a state. Plain data all through: two states are the same where their JSON is. */
export interface Move<S> {
  what: string;
  next: S;
}

export interface Model<S> {
  initial: S;
  moves(state: S): Move<S>[];
  /** What nobody may ever see, in one sentence; `undefined` where all is well. */
  broken(state: S): string | undefined;
}

export interface Exploration {
  /** Different states that were reached. */
  states: number;
  /** The shortest way to a broken state, and what is broken there. */
  counterexample?: { moves: string[]; broken: string };
}

/**
 * Looks at every state that can be reached, nearest first, so that the first broken one has the shortest way to it.
 * @throws Error where there are more than `most` states: what was not looked at is not proven
 */
export function explore<S>({ initial, moves, broken }: Model<S>, most = 1_000_000): Exploration {
  const keys = [JSON.stringify(initial)];
  const seen = new Set(keys);
  const cameFrom: { index: number; what: string }[] = [{ index: -1, what: '' }];
  for (let index = 0; index < keys.length; index++) {
    const state = JSON.parse(keys[index] as string) as S;
    const wrong = broken(state);
    if (wrong) return { states: keys.length, counterexample: { moves: wayTo(index, cameFrom), broken: wrong } };
    for (const { what, next } of moves(state)) {
      const key = JSON.stringify(next);
      if (seen.has(key)) continue;
      seen.add(key);
      keys.push(key);
      cameFrom.push({ index, what });
    }
    if (keys.length > most) throw new Error(`there are more than ${most} states`);
  }
  return { states: keys.length };
}

function wayTo(index: number, cameFrom: readonly { index: number; what: string }[]): string[] {
  const way: string[] = [];
  for (let at = cameFrom[index]; at && at.index >= 0; at = cameFrom[at.index]) way.unshift(at.what);
  return way;
}
