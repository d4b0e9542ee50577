import type { Gate } from '../rotation.ts';

const DAY_MS = 86_400_000;

/** The phase has lasted so many days. */
export function olderThan(days: number, reason: string): Gate {
  return {
    name: 'waited',
    wants: `${days} days have passed: ${reason}`,
    check: (_, { now, since }) => {
      if (!since) return ['it is not known when the phase began'];
      const end = new Date(since.getTime() + days * DAY_MS);
      return end <= now ? [] : [`not before ${end.toISOString()}`];
    },
  };
}
