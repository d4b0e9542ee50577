import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit } from './example.ts';
import { reportOf, withField } from './rule-testing.ts';
import { volumeMountRule } from './volume-mount.ts';
import { volumeUnusedRule } from './volume-unused.ts';

const TEMPLATE = ['spec', 'template'];
const SPEC = [...TEMPLATE, 'spec'];

interface Parts {
  volumes?: object[];
  mounts?: object[];
  devices?: object[];
  init?: object[];
}

function pod({ volumes, mounts, devices, init }: Parts, text = DEPLOYMENT) {
  const container = { name: 'main', volumeMounts: mounts, volumeDevices: devices };
  return withField(text, SPEC, { containers: [container], initContainers: init, volumes });
}
const faults = (parts: Parts, text?: string) =>
  reportOf(volumeMountRule, pod(parts, text), false).map(({ path }) => path.replace('/spec/template/spec', ''));
const unused = (parts: Parts, text?: string) =>
  reportOf(volumeUnusedRule, pod(parts, text), false).map(({ path }) => path.replace('/spec/template/spec', ''));

const statefulSet = edit(DEPLOYMENT, {
  'kind: Deployment': 'kind: StatefulSet',
  'spec:\n': 'spec:\n  volumeClaimTemplates: [{metadata: {name: data}}]\n',
});

describe('volume-mount', () => {
  it('reports a mount and a device that name no volume', () => {
    const volumes = [{ name: 'tmp' }];
    expect(
      faults({
        volumes,
        mounts: [
          { name: 'tmp', mountPath: '/a' },
          { name: 'temp', mountPath: '/b' },
        ],
      }),
    ).toEqual(['/containers/0/volumeMounts/1/name']);
    expect(faults({ volumes, devices: [{ name: 'disk', devicePath: '/dev/a' }] })).toEqual([
      '/containers/0/volumeDevices/0/name',
    ]);
    expect(faults({ volumes, init: [{ name: 'i', volumeMounts: [{ name: 'temp', mountPath: '/a' }] }] })).toEqual([
      '/initContainers/0/volumeMounts/0/name',
    ]);
  });

  it('reports the second use of a path within one container', () => {
    const volumes = [{ name: 'a' }, { name: 'b' }];
    expect(
      faults({
        volumes,
        mounts: [
          { name: 'a', mountPath: '/x' },
          { name: 'b', mountPath: '/x' },
        ],
      }),
    ).toEqual(['/containers/0/volumeMounts/1/mountPath']);
    expect(
      faults({ volumes, mounts: [{ name: 'a', mountPath: '/x' }], devices: [{ name: 'b', devicePath: '/x' }] }),
    ).toEqual(['/containers/0/volumeDevices/0/devicePath']);
    // Without a path the schema is broken, which is another finding.
    expect(faults({ volumes, mounts: [{ name: 'a' }, { name: 'b' }] })).toEqual([]);
    const twice = [
      { name: 'a', mountPath: '/x', subPath: 'x' },
      { name: 'a', mountPath: '/y', subPath: 'y' },
    ];
    expect(faults({ volumes, mounts: twice, init: [{ name: 'i', volumeMounts: twice }] })).toEqual([]);
  });

  it('counts the claim templates of a StatefulSet as volumes, and of nothing else', () => {
    const mounts = [{ name: 'data', mountPath: '/data' }];
    expect(faults({ mounts }, statefulSet)).toEqual([]);
    expect(faults({ mounts }, edit(statefulSet, { StatefulSet: 'Deployment' }))).toEqual([
      '/containers/0/volumeMounts/0/name',
    ]);
  });
});

describe('volume-unused', () => {
  it('reports a volume that no container of any kind mounts', () => {
    const volumes = [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }];
    const init = [{ name: 'i', volumeMounts: [{ name: 'b', mountPath: '/b' }] }];
    expect(
      unused({ volumes, init, mounts: [{ name: 'a', mountPath: '/a' }], devices: [{ name: 'c', devicePath: '/c' }] }),
    ).toEqual(['/volumes/3']);
  });

  it('reports an unused claim template', () => {
    expect(unused({}, statefulSet)).toEqual(['/spec/volumeClaimTemplates/0']);
  });

  it.each([
    ['[{"name":"certs","mountPath":"/certs"}]', []],
    ['{"certs":{"mountPath":"/certs"}}', []],
    ['[{"name":"other","mountPath":"/certs"}]', ['/volumes/0']],
    ['certs', ['/volumes/0']],
  ])('knows what Istio mounts into the sidecar: %s', (annotation, expected) => {
    const text = edit(DEPLOYMENT, {
      '      labels:\n': `      annotations: {sidecar.istio.io/userVolumeMount: '${annotation}'}\n      labels:\n`,
    });
    expect(unused({ volumes: [{ name: 'certs' }] }, text)).toEqual(expected);
  });
});
