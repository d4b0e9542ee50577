import { z } from 'zod';

/** `base/access.yaml`: the only edges that may exist; everything else is denied. */
const port = z.number().int().min(1).max(65535);
const edge = z.strictObject({
  from: z
    .string()
    .regex(
      /^[a-z0-9]([-a-z0-9/]*[a-z0-9])?$/,
      'must be a workload, `namespace/service-account`, `ingress`, `prometheus` or `kubelet`',
    ),
  to: z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a workload or an external host'),
  port: port.describe('Service port; for prometheus and kubelet the port of the pod.'),
  methods: z
    .array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']))
    .min(1)
    .optional(),
  paths: z
    .array(z.string().regex(/^\/\S*$/, 'must begin with `/`'))
    .min(1)
    .optional(),
});

export const accessSchema = z.strictObject({ edges: z.array(edge).min(1) }).meta({
  title: 'Declared access',
  description: 'Who may call whom. Every edge must exist in the rendered manifests and no other.',
});

export type AccessEdge = z.infer<typeof edge>;
/** Callers that are no workload of the platform. */
export const OUTSIDE_CALLERS = ['ingress', 'prometheus', 'kubelet'] as const;
