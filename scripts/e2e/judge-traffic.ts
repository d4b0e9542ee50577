import type { Answer } from './load.ts';
import type { Figure, Outcome } from './suite.ts';

/** @param forbidden by sender, what those saw whose requests must never reach the callee */
export function judgeTraffic(
  users: readonly Answer[],
  forbidden: Readonly<Record<string, readonly Answer[]>>,
): Outcome {
  const problems: string[] = [];
  const failed = users.filter(({ status }) => status !== '200');
  if (users.length === 0) problems.push('there was no traffic of users');
  if (failed.length > 0) {
    problems.push(`${failed.length} of ${users.length} requests of users failed (${summary(failed, users[0])})`);
  }
  for (const [sender, answers] of Object.entries(forbidden)) {
    // What was never on its way was not refused.
    if (answers.every(({ outcome }) => outcome === 'unsent')) problems.push(`there was no traffic of ${sender}`);
    const passed = answers.filter(({ outcome }) => outcome === 'passed');
    if (passed.length > 0) {
      problems.push(`${passed.length} forbidden requests of ${sender} passed (${summary(passed, answers[0])})`);
    }
  }
  const refused = Object.values(forbidden)
    .flat()
    .filter(({ outcome }) => outcome === 'refused');
  const byCallee = refused.filter(({ refusedBy }) => refusedBy === 'callee');
  const figures: Figure[] = [
    { name: 'requests of users', value: users.length, unit: 'requests' },
    { name: 'of them failed', value: failed.length, unit: 'requests' },
    { name: 'forbidden requests, all refused', value: refused.length, unit: 'refused' },
    { name: 'of them by the policy of the callee', value: byCallee.length, unit: 'refused' },
  ];
  return { figures, problems };
}

/** What was seen, how often, and when: `status 503: 3 times, from second 12 to 13`. */
function summary(answers: readonly Answer[], first: Answer | undefined): string {
  const kinds = [...new Set(answers.map(({ seen }) => seen))];
  return kinds
    .map((kind) => {
      const seconds = answers.filter(({ seen }) => seen === kind).map(({ at }) => at - (first?.at ?? 0));
      return `${kind}: ${seconds.length} times, from second ${Math.min(...seconds)} to ${Math.max(...seconds)}`;
    })
    .join('; ');
}
