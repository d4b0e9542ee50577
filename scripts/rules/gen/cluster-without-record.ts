import { isGenerated } from '../../generate/generated-file.ts';
import type { CodeInfo, SourceRule } from '../rule.ts';
import { RECORD, recordTree } from './example-tree.ts';

const HAND_MADE =
  'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../../overlays/small]\n';

const withoutRecord: CodeInfo = {
  code: 'GEN006',
  slug: 'cluster-without-record',
  severity: 'error',
  title: 'a cluster is described by hand instead of by a record',
  why: 'Nothing about it was checked against the other clusters, and nothing keeps it current; Argo CD would deploy it all the same.',
  fix: 'Add it with `npm run cluster -- add`, or delete it.',
  bad: { ...recordTree(RECORD), 'clusters/hand/kustomization.yaml': HAND_MADE },
  good: recordTree(RECORD),
};

/** Folders of clusters without a record, and rows for Argo CD that nobody generated. */
export const clusterWithoutRecordRule: SourceRule = {
  codes: [withoutRecord],
  *check({ repository: { tree } }) {
    const start = (file: string) => ({ file, line: 1, column: 1 });
    const files = tree.list('clusters');
    const folders = new Set(
      files.map((path) => path.split('/').slice(0, 2).join('/')).filter((path) => tree.kind(path) === 'folder'),
    );
    for (const folder of folders) {
      const [first] = files.filter((path) => path.startsWith(`${folder}/`) && !isGenerated(tree.read(path) ?? ''));
      if (tree.kind(`${folder}/cluster.yaml`) === 'file' || !first) continue;
      yield { code: withoutRecord, source: start(first), message: `${folder} has no cluster.yaml` };
    }
    for (const path of tree.list('argocd/clusters')) {
      if (isGenerated(tree.read(path) ?? '')) continue;
      yield { code: withoutRecord, source: start(path), message: 'no cluster record has generated this file' };
    }
  },
};
