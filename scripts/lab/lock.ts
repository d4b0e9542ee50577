import { withLock } from '../system/lock.ts';
import { requireRoot } from './prerequisites.ts';

/** Wherever the cache of a user is, there is one lab on a machine. Not in the lab's own folder, which `down` removes. */
const LOCK = {
  file: '/run/ai-spm-mesh-lab.lock',
  busy: 'another command uses the lab',
  why: 'there is one lab on a machine, and two that change it at once would ruin it for both',
};

/**
 * Lets one command at a time change the lab or its cache, or what runs in it.
 * @throws UserError while another one does
 */
export function withLabLock<T>(use: () => Promise<T>): Promise<T> {
  requireRoot();
  return withLock(LOCK, use);
}
