import { certificatesIn, fingerprintOf } from '../../secrets/pem.ts';
import { sealedSecretIn } from '../../secrets/sealed-secret.ts';
import { platformPath } from '../cluster-files.ts';
import type { Gate } from '../rotation.ts';
import { inEach } from './collected.ts';

/** The public gateway shows, for every host, the certificate that git has. */
export const gatewayShows: Gate = {
  name: 'shown',
  reads: ['gatewayCertificates'],
  wants: 'the public gateway shows the certificate that git has',
  check: (facts, { tree, cluster }) => {
    const sealed = sealedSecretIn(tree.read(platformPath(cluster, 'ai-spm-tls')) ?? '');
    const [wanted] = certificatesIn(sealed?.open['tls.crt'] ?? '');
    if (!wanted) return [`${cluster}: git shows no certificate`];
    return inEach(
      facts.filter((one) => one.cluster === cluster),
      'gatewayCertificates',
      (shown) => {
        if (shown.length === 0) return ['the gateway has no host with TLS'];
        return shown.flatMap(({ host, chain }) => {
          const [own] = certificatesIn(chain);
          if (own && fingerprintOf(own) === fingerprintOf(wanted)) return [];
          return [`${host} shows ${own ? `a certificate that ends ${own.validTo}` : 'no certificate'}`];
        });
      },
    );
  },
};
