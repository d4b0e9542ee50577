import { deliveryRules } from '../rules/registry.ts';
import type { SourceProblem } from '../rules/rule.ts';
import type { Delivery } from './delivery.ts';

/** What the rules find. A place that is wrong for each of many Applications is told once, for the first of them. */
export function judgeDelivery(delivery: Delivery): SourceProblem[] {
  const places = new Map<string, { problem: SourceProblem; count: number }>();
  for (const problem of deliveryRules.flatMap((rule) => [...rule.check(delivery)])) {
    const { file, line, column } = problem.source;
    const key = [problem.code.code, file, line, column].join('\n');
    const known = places.get(key);
    if (known) known.count++;
    else places.set(key, { problem, count: 0 });
  }
  return [...places.values()].map(({ problem, count }) =>
    count === 0
      ? problem
      : {
          ...problem,
          message: `${problem.message}; the same place is wrong ${count} more ${count === 1 ? 'time' : 'times'}`,
        },
  );
}
