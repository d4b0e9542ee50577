import { z } from 'zod';

/** RFC 1123 label, as Kubernetes wants it for most names. */
const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be a DNS label: lower-case letters, digits and `-`, 63 at most');
const dnsName = z
  .string()
  .max(253, 'must have 253 characters at most')
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/,
    'must be a DNS name in lower case',
  );
const hostName = dnsName.regex(/\.[a-z][-a-z0-9]*$/, 'must be a full host name such as `ai-spm.eu.example.com`');
const quantity = z.string().regex(/^[1-9][0-9]*(Mi|Gi|Ti)$/, 'must be a size such as `200Gi`');
const registry = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/,
    'must be a registry such as `registry.example.com/mirror`, without a scheme',
  );
/** Addresses that mean another machine wherever they are read. */
const LOCAL = /^https:\/\/(localhost|127\.|\[::1\]|0\.0\.0\.0)/;
const apiServer = z
  .string()
  .regex(/^https:\/\/[^\s/?#@]+(\/[^\s?#]*[^\s?#/])?$/, 'must be an address such as `https://k8s.eu.example.com:6443`')
  .refine((address) => !LOCAL.test(address), 'must be an address that other clusters reach, not one of this machine');
const replicas = z.number().int().min(1).max(1000);

/** `clusters/<name>/cluster.yaml`: every fact that sets one cluster apart. All else about the cluster is generated from it. */
export const clusterRecordSchema = z
  .strictObject({
    name: dnsLabel.describe('Name of the cluster: its folder, its Istio cluster id, its name in Argo CD.'),
    overlay: dnsLabel.describe('Folder under overlays/ that the cluster extends.'),
    ring: dnsLabel.describe('Ring of argocd/rings.yaml whose revision the cluster follows.'),
    region: dnsLabel.describe('Region of the nodes: the value of their label topology.kubernetes.io/region.'),
    network: dnsLabel.describe('Istio network of the pods; clusters of a federation have one each.'),
    host: hostName.describe('Public host name of the platform on this cluster.'),
    storage: z
      .strictObject({
        class: dnsName.describe('Storage class of the database: block storage.'),
        sharedClass: dnsName.describe(
          'Storage class of the volumes that replicas share: file storage (ReadWriteMany).',
        ),
        databaseSize: quantity.optional().describe('Size of the database volume.'),
        claimSizes: z
          .record(dnsLabel, quantity)
          .optional()
          .describe('Sizes of other volumes, by the name of the claim.'),
      })
      .describe('Where volumes come from, and the sizes that differ from base.'),
    imageRegistry: registry
      .optional()
      .describe('Mirror that serves every image under its path, in place of the public registries.'),
    autoscaling: z
      .record(dnsLabel, z.strictObject({ min: replicas, max: replicas }))
      .optional()
      .describe('Ranges of replicas, by the name of the workload, where they differ from the overlay.'),
    components: z
      .array(dnsLabel)
      .min(1)
      .optional()
      .describe('Optional parts under overlays/components/ that this cluster has beside those of its overlay.'),
    apiServer: apiServer
      .optional()
      .describe('Address of the API server, as the other members of the federation and Argo CD reach it.'),
    platform: z
      .array(z.enum(['istio-csr']))
      .min(1)
      .optional()
      .describe(
        'Optional parts of the platform. istio-csr: cert-manager has the certificates of the mesh issued by an authority outside.',
      ),
    istioCanary: z
      .array(z.enum(['ai-spm', 'istio-eastwest', 'istio-ingress']))
      .optional()
      .describe(
        'A second istiod runs beside the first, of the version in argocd/platform/istiod-canary, and injects the pods of these namespaces; of none where the list is empty.',
      ),
    failover: dnsLabel.optional().describe('Member of the federation that takes over when this region fails.'),
  })
  .meta({ title: 'Cluster record' });

export type ClusterRecord = z.infer<typeof clusterRecordSchema>;

/** `argocd/rings.yaml`: the order in which a change reaches the clusters, and the git revision each ring follows. */
export const ringsSchema = z.strictObject({
  rings: z
    .array(z.strictObject({ name: dnsLabel, revision: z.string().regex(/^[\w./-]{1,200}$/, 'must be a git revision') }))
    .min(1),
});

export type Rings = z.infer<typeof ringsSchema>;

/** The only overlay whose clusters know each other. */
export const FEDERATION_OVERLAY = 'federation';
