import { RECORD } from '../gen/example-tree.ts';

export interface ExampleAuthority {
  signs: keyof typeof ROOTS;
  trusts: (keyof typeof ROOTS)[];
}

/** A federation in which each cluster has an authority under one of two roots. */
export function authorityTree(clusters: Readonly<Record<string, ExampleAuthority>>): Record<string, string> {
  const files = Object.entries(clusters).map(([name, { signs, trusts }]): [string, string][] => [
    [`clusters/${name}/cluster.yaml`, RECORD.replaceAll('demo', name).replace('overlay: small', 'overlay: federation')],
    [
      `clusters/${name}/platform/cacerts.yaml`,
      `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: cacerts, namespace: istio-system }
spec:
  encryptedData: { ca-key.pem: AgBy }
  template:
    data:
      ca-cert.pem: |
${indented(INTERMEDIATES[signs])}
      root-cert.pem: |
${trusts.map((root) => indented(ROOTS[root])).join('\n')}
`,
    ],
  ]);
  return {
    'argocd/rings.yaml': 'rings:\n  - name: first\n    revision: main\n',
    'overlays/federation/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [config-map.yaml]\n',
    'overlays/federation/config-map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: demo }\n',
    ...Object.fromEntries(files.flat()),
  };
}

function indented(body: string): string {
  const lines = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`.split('\n');
  return lines.map((line) => `        ${line}`).join('\n');
}

/** Made by `createRoot` and `createIntermediate` for this; their keys are gone. */
const ROOTS = {
  old: `MIIBpDCCAUugAwIBAgIQM7gxCB1qIPOUSQXf9mtgYDAKBggqhkjOPQQDAjAxMRQw
EgYDVQQKEwthaS1zcG0tbWVzaDEZMBcGA1UEAxMQYWktc3BtLW1lc2ggcm9vdDAe
Fw0yNTEyMzEyMzU1MDBaFw0zNTEyMzAwMDAwMDBaMDExFDASBgNVBAoTC2FpLXNw
bS1tZXNoMRkwFwYDVQQDExBhaS1zcG0tbWVzaCByb290MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEjf82P9HYmm7aT1zy1JatBuJuElm8u3KEZ9fqwR5I0+NtJMAg
1AwabPTxYRKvlWmoBGualtkEtjWPNB//VElZM6NFMEMwEgYDVR0TAQH/BAgwBgEB
/wIBATAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFITgX5IoIbNvM58uLqIb9Ceb
oRTFMAoGCCqGSM49BAMCA0cAMEQCIEmnlmW3nZeteKKIIjdvzJ/U9rF40yee7Fsu
WTGGgQzrAiBgW5dE/jbe43BZqlz4VsY+9OBQM27maQrBXH4j2iPq3w==`,
  new: `MIIBpTCCAUugAwIBAgIQMsY7XH+qS2/aRC6EuuGmozAKBggqhkjOPQQDAjAxMRQw
EgYDVQQKEwthaS1zcG0tbWVzaDEZMBcGA1UEAxMQYWktc3BtLW1lc2ggcm9vdDAe
Fw0yNTEyMzEyMzU1MDBaFw0zNTEyMzAwMDAwMDBaMDExFDASBgNVBAoTC2FpLXNw
bS1tZXNoMRkwFwYDVQQDExBhaS1zcG0tbWVzaCByb290MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEsPeTJpeB33aNEfcjX0UQ4u9nSRjv5zweUuqHtAMvsGRIegOT
fgB88XD55o46cTsdxJzBUh49k4D9nTwOIjZJk6NFMEMwEgYDVR0TAQH/BAgwBgEB
/wIBATAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFLd5m3mE1ysQK+cqw+a7xnx5
Ly5zMAoGCCqGSM49BAMCA0gAMEUCIHL7aN4peayln1t6m0l4pVjmcm+XzUYRmrzj
yQyZ/Y44AiEAn6gTW5ImRoWPMa7Dk9lO42jACGlaWs40fd7bfETB13Y=`,
};

/** Under each of them. */
const INTERMEDIATES = {
  old: `MIIB/zCCAaagAwIBAgIQCHvcmgoR8gU2QAhtlofv5DAKBggqhkjOPQQDAjAxMRQw
EgYDVQQKEwthaS1zcG0tbWVzaDEZMBcGA1UEAxMQYWktc3BtLW1lc2ggcm9vdDAe
Fw0yNTEyMzEyMzU1MDBaFw0yNzAxMDEwMDAwMDBaMEUxFDASBgNVBAoTC2FpLXNw
bS1tZXNoMSEwHwYDVQQDExhhaS1zcG0tbWVzaCBpbnRlcm1lZGlhdGUxCjAIBgNV
BAcTAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARO/KekL1yK8aAbzeAoN7kU
j3bwBTKyn7NXEgkPn7zQK/FkkTICa1BFUPSvHifV0IbDomx9Ru+7AHii4ClJkeyo
o4GLMIGIMBIGA1UdEwEB/wQIMAYBAf8CAQAwDgYDVR0PAQH/BAQDAgGGMCIGA1Ud
EQQbMBmCF2lzdGlvZC5pc3Rpby1zeXN0ZW0uc3ZjMB0GA1UdDgQWBBT7MlbbOqqa
FttVux8L283LynKolzAfBgNVHSMEGDAWgBSE4F+SKCGzbzOfLi6iG/Qnm6EUxTAK
BggqhkjOPQQDAgNHADBEAiBtDbkLH0D9cVVLetmd3SHrwAi+Viuqdwpmxn8xN99U
swIgE5lYSmh71yAxh4VrskMVeLh8dsJKoVd99vqAR2XDIuI=`,
  new: `MIICADCCAaagAwIBAgIQPZv/5QPVd9uX1G+NQTEuFTAKBggqhkjOPQQDAjAxMRQw
EgYDVQQKEwthaS1zcG0tbWVzaDEZMBcGA1UEAxMQYWktc3BtLW1lc2ggcm9vdDAe
Fw0yNTEyMzEyMzU1MDBaFw0yNzAxMDEwMDAwMDBaMEUxFDASBgNVBAoTC2FpLXNw
bS1tZXNoMSEwHwYDVQQDExhhaS1zcG0tbWVzaCBpbnRlcm1lZGlhdGUxCjAIBgNV
BAcTAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR433XHc3tBV+rsi6UMFodM
XwKpu1RLxSAKz0xXvAF/YZRkt6sgIPk5JPU6xLctd/2rTn8F1oe7XUUhL3oHXJaN
o4GLMIGIMBIGA1UdEwEB/wQIMAYBAf8CAQAwDgYDVR0PAQH/BAQDAgGGMCIGA1Ud
EQQbMBmCF2lzdGlvZC5pc3Rpby1zeXN0ZW0uc3ZjMB0GA1UdDgQWBBT91oL5yojJ
U54sOTPTU4OHT64/FzAfBgNVHSMEGDAWgBS3eZt5hNcrECvnKsPmu8Z8eS8uczAK
BggqhkjOPQQDAgNIADBFAiEAz5MHvjnTZRX0U1xw8GvD1nx3PFCFzySCOBSrF14D
iLMCIACFOclBPQQVLE1zWMgthJenVNEp1iqV/kM490OE3Q5n`,
};
