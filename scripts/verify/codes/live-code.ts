import type { CodeInfo } from '../../rules/rule.ts';

/** What `npm run verify` finds on a live cluster. Its examples are clusters: what git says, and under `live/` what runs. */
export interface LiveCode extends CodeInfo {
  /** The file that promises what the cluster does not do; a problem may know the line. */
  promisedIn: string;
}
