import { describe, expect, it } from 'vitest';
import { restarts, served } from './sidecar.ts';

/** As Envoy 1.40 writes it; the second address is there where the pod has two. */
const clusters = (...counts: number[]) =>
  [
    'outbound|8001||ai-scanner.ai-spm.svc.cluster.local::10.11.0.9:8001::rq_success::7',
    'inbound|8001||::observability_name::inbound|8001||;',
    'inbound|8001||::default_priority::max_requests::4294967295',
    ...counts.flatMap((count, index) => [
      `inbound|8001||::10.11.0.${index}:8001::rq_error::9`,
      `inbound|8001||::10.11.0.${index}:8001::rq_success::${count}`,
    ]),
    'inbound|18001||::10.11.0.1:18001::rq_success::5',
    '',
  ].join('\n');

describe('what an Envoy has served', () => {
  it.each<[number, number[]]>([
    [0, []],
    [0, [0]],
    [12, [12]],
    [15, [12, 3]],
  ])('is %i requests', (count, counts) => {
    expect(served(clusters(...counts), 8001)).toBe(count);
  });
});

describe('restarts of the proxy', () => {
  const status = (name: string, restartCount: number) => ({ name, restartCount, ready: true, image: '', imageID: '' });

  it('are those of an init container, which it is on new clusters, or of one beside the others', () => {
    const others = [status('ai-scanner', 5)];
    expect(restarts({ status: { initContainerStatuses: [status('istio-proxy', 2)], containerStatuses: others } })).toBe(
      2,
    );
    expect(restarts({ status: { containerStatuses: [...others, status('istio-proxy', 1)] } })).toBe(1);
    expect(restarts({ status: { containerStatuses: others } })).toBe(0);
  });
});
