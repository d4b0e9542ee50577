import type { Connection } from '../../../verify/connection.ts';
import { OUTSIDE_NAMESPACE } from '../../../verify/probe-pod.ts';
import type { World } from '../../suite.ts';

/** Ends a program of the control plane, and returns once it has ended. */
export async function killProgram({ endProgram }: World, name: string): Promise<void> {
  if (!endProgram) throw new Error('only on clusters of the lab');
  await endProgram(name);
}

/** The API server takes an object, and etcd gives it back. It stands in the namespace of the probes, which goes with the traffic. */
export async function takesWrites({ core }: Connection): Promise<true | undefined> {
  const namespace = OUTSIDE_NAMESPACE;
  const { metadata } = await core.createNamespacedConfigMap({
    namespace,
    body: { metadata: { generateName: 'e2e-' } },
  });
  const stored = await core.readNamespacedConfigMap({ namespace, name: metadata?.name ?? '' });
  return stored.metadata?.uid === metadata?.uid ? true : undefined;
}
