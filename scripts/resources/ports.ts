import { entriesOf, integerOf, textOf } from './fields.ts';
import type { Container } from './workloads.ts';

export interface ContainerPort {
  name?: string;
  number?: number;
  protocol: string;
}

export function portsOf({ value }: Container): ContainerPort[] {
  return entriesOf(value['ports']).map(({ value: port }) => {
    const name = textOf(port['name']);
    const number = integerOf(port['containerPort']);
    return { ...(name ? { name } : {}), ...(number === undefined ? {} : { number }), protocol: protocolOf(port) };
  });
}

/** TCP is what the API server fills in. */
export function protocolOf(port: Readonly<Record<string, unknown>>): string {
  return textOf(port['protocol']) ?? 'TCP';
}

/** Ports for a message: `http` (5000), 15090/UDP. */
export function describePorts(ports: readonly ContainerPort[]): string {
  const texts = ports.map(({ name, number, protocol }) => {
    const suffix = protocol === 'TCP' ? '' : `/${protocol}`;
    return name ? `\`${name}\` (${number}${suffix})` : `${number}${suffix}`;
  });
  return texts.length > 0 ? [...new Set(texts)].join(', ') : 'none';
}
