import { FILE_CALLS } from './crash.ts';

/** Kills this process before its nth change of the world, without a chance to clear up. Loaded by `node -r`, before the program. */
export function killAt(n: number): void {
  let calls = 0;
  const wrap = (object: object, name: string) => {
    const original = Reflect.get(object, name) as (...args: unknown[]) => unknown;
    Reflect.set(object, name, (...args: unknown[]) => {
      if (calls++ === n) process.kill(process.pid, 'SIGKILL');
      return original(...args);
    });
  };
  // The modules as the program will see them.
  for (const name of FILE_CALLS) wrap(process.getBuiltinModule('node:fs'), name);
  wrap(process.getBuiltinModule('node:child_process'), 'spawn');
}
