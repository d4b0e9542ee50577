/** Something that was collected, or why it could not be: a gate that needs it stays closed then. */
export type Collected<T> = { value: T } | { unreadable: string };

/** What gates know of one cluster. Plain data without any secret: it can be saved, looked at, and carried to a machine without access. */
export interface ClusterFacts {
  /** Name of its record. */
  cluster: string;
  /** RFC 3339. */
  collectedAt: string;
  proxies: Collected<ProxyFacts[]>;
  istiods: Collected<IstiodFacts[]>;
  /** What each namespace with a mesh is told to trust: ConfigMap `istio-ca-root-cert`. */
  trustMaps: Collected<{ namespace: string; roots: string }[]>;
  sealedSecrets: Collected<SealedFacts[]>;
  workloads: Collected<WorkloadFacts[]>;
  databaseRoles: Collected<DatabaseRoleFacts[]>;
  /** Certificate that the public gateway shows for each host, PEM, leaf first. */
  gatewayCertificates: Collected<{ host: string; chain: string }[]>;
  /** Keys of the sealed-secrets controller, newest first. */
  sealingKeys: Collected<SealingKeyFacts[]>;
  /** What this cluster's istiod says of each other cluster. */
  remoteClusters: Collected<RemoteClusterFacts[]>;
  /** Secrets with lasting tokens of the accounts as which others reach this cluster. */
  accountTokens: Collected<AccountTokenFacts[]>;
}

/** Of the facts of a cluster. */
export type FactPart = Exclude<keyof ClusterFacts, 'cluster' | 'collectedAt'>;

export interface SealingKeyFacts {
  /** The Secret that holds it. */
  name: string;
  /** SHA-256 of its certificate, hex. */
  fingerprint: string;
  /** RFC 3339. */
  notBefore: string;
}

export interface RemoteClusterFacts {
  cluster: string;
  /** `synced` where its services are known. */
  state: string;
  /** The replica that says so. */
  istiod: string;
}

export interface AccountTokenFacts {
  namespace: string;
  account: string;
  /** The Secret that holds it. */
  name: string;
  /** The cluster has made the token. */
  filled: boolean;
  /** Day on which somebody last used it, as the API server notes it; absent where nobody ever has. */
  lastUsed?: string | undefined;
}

export interface ProxyFacts {
  pod: string;
  namespace: string;
  /** Certificates that it shows, PEM, leaf first; empty, as `roots` is, while it waits for its first. */
  chain: string;
  /** Certificates that it trusts, PEM, all of them. */
  roots: string;
}

export interface IstiodFacts {
  pod: string;
  ready: boolean;
  /** End of the certificate that it signs with, and of the first of its roots, in seconds since 1970: its metrics `citadel_server_*_expiry_timestamp`. */
  signerEnd: number;
  rootEnd: number;
}

export interface SealedFacts {
  namespace: string;
  name: string;
  /** The controller has opened the version that is in the cluster. */
  opened: boolean;
  /** When it did, RFC 3339; absent where it does not say. */
  openedAt?: string | undefined;
  /** Tells which version is in the cluster, see `ciphertextDigest`. */
  ciphertext: string;
}

export interface WorkloadFacts {
  namespace: string;
  name: string;
  kind: string;
  /** All pods are of the newest template, ready, and no older one is left. */
  settled: boolean;
  /** When the last rollout was over, RFC 3339; absent where it is not over, or the cluster does not say. */
  rolledOutAt?: string | undefined;
  /** Every Secret that one of its pods takes something from: `NAME` or `NAME/KEY as VARIABLE`. */
  secrets: string[];
  /** Templates of before, of which no pod is left: what their pods took, and since when the last one is gone; as many as the cluster keeps. */
  past?: { secrets: string[]; endedAt: string }[] | undefined;
}

export interface DatabaseRoleFacts {
  name: string;
  canLogin: boolean;
  /** Whether it has any password at all. */
  hasPassword: boolean;
  /** Open connections. */
  sessions: number;
}
