import type { World } from '../../suite.ts';

/** Something that breaks, and what shows that it works again. */
export interface Fault {
  name: string;
  title: string;
  /** Does the harm, and returns once it has been seen to have happened. */
  strike(world: World): Promise<Struck>;
  /** What `works` asks, as the name of a figure in seconds since the strike. */
  figure: string;
  /** Arguments of curl that make it try again as a browser does. */
  retries?: readonly string[];
  /** It ends a program of the host. */
  labOnly?: boolean;
}

export interface Struck {
  /** Whether what was hit does its work again, whatever its pods say of themselves. Asked until it is true; an error is "not yet". */
  works(): Promise<true | undefined>;
  /** Takes back what was changed in order to see that. */
  clearUp?(): Promise<void>;
}

/** How long a fault may take to be seen, and to be over. */
export const SEEN = { timeoutMs: 60_000, everyMs: 100 };
export const OVER = { timeoutMs: 120_000, everyMs: 200 };
