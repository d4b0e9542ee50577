import { edgeRefused, networkPolicyNotEnforced, undeclaredPassed } from './codes/access-codes.ts';
import { applicationUnhealthy, remoteClusterUnsynced, secretSealed } from './codes/delivery-codes.ts';
import { egressOpen, plaintextAccepted, policyNotAttached } from './codes/enforcement-codes.ts';
import type { LiveCode } from './codes/live-code.ts';
import { notLookedAt, podNotReady } from './codes/pod-codes.ts';
import { certificateExpiring, gatewayCertificate, proxyMissing, proxyStale } from './codes/proxy-codes.ts';

/** All that `npm run verify` finds. */
export const liveCodes: readonly LiveCode[] = [
  edgeRefused,
  undeclaredPassed,
  applicationUnhealthy,
  podNotReady,
  notLookedAt,
  proxyMissing,
  proxyStale,
  certificateExpiring,
  plaintextAccepted,
  policyNotAttached,
  egressOpen,
  remoteClusterUnsynced,
  networkPolicyNotEnforced,
  gatewayCertificate,
  secretSealed,
];
