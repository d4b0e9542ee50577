import { log } from '../system/log.ts';

const start = performance.now();

/** A line of progress, with the seconds since the command began. */
export function progress(line: string): void {
  log(`${`${Math.round((performance.now() - start) / 1000)}`.padStart(5)} s  ${line}`);
}
