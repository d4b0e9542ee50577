import { cpus, totalmem } from 'node:os';
import type { Connection } from '../verify/connection.ts';
import type { Figure } from './suite.ts';

/** One run of a suite. */
export interface SuiteRun {
  seconds: number;
  figures: Figure[];
  problems: string[];
}

export interface SuiteResult {
  suite: string;
  title: string;
  runs: SuiteRun[];
}

/** What figures depend on. */
export interface Surroundings {
  date: string;
  machine: { cores: number; memoryGiB: number; system: string; kernel: string };
  kubernetes: string;
  /** Every image of the platform with its version. */
  images: string[];
}

/** @param cluster its node and its pods say what runs */
export async function surroundings({ core }: Connection): Promise<Surroundings> {
  const [nodes, pods] = [await core.listNode(), await core.listPodForAllNamespaces()];
  const info = nodes.items[0]?.status?.nodeInfo;
  const containers = pods.items.flatMap(({ spec }) => [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]);
  return {
    date: new Date().toISOString(),
    machine: {
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: info?.osImage ?? '',
      kernel: info?.kernelVersion ?? '',
    },
    kubernetes: info?.kubeletVersion ?? '',
    images: [...new Set(containers.map(({ image }) => image ?? ''))].sort(),
  };
}
