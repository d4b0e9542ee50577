import { runProcess } from '../system/run-process.ts';

export interface KubectlOptions {
  stdin?: string;
  timeoutMs?: number;
}

/**
 * Runs kubectl with a kubeconfig and a context, for manifests that are applied as they are.
 * @returns stdout
 * @throws Error with what kubectl says
 */
export type Kubectl = (args: readonly string[], options?: KubectlOptions) => Promise<string>;

export function kubectlFor(kubeconfig: string, context: string): Kubectl {
  return async (args, options = {}) => {
    const all = ['--kubeconfig', kubeconfig, '--context', context, ...args];
    const { code, stdout, stderr } = await runProcess('kubectl', all, { timeoutMs: 300_000, ...options });
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} fails in ${context}: ${stderr.trim()}`);
    return stdout;
  };
}
