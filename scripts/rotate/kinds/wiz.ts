import { fingerprintsOf } from '../../secrets/fingerprint.ts';
import { editSealedSecret, readSealedSecret, sealSecret } from '../../secrets/sealed-secret.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';
import { nextName, readNeeded, sealingCertificateOf, secretPath, versionOf } from '../cluster-files.ts';
import { ifReached } from '../gates/if-reached.ts';
import { sealedOpened } from '../gates/sealed-opened.ts';
import { workloadsTake } from '../gates/workloads-take.ts';
import type { FileChanges, RotationKind, StepContext } from '../rotation.ts';
import { FIRST_SECRET, readRotationFile, rotationPath, rotationText } from '../rotation-file.ts';
import { sealedFiles } from '../sealed-files.ts';

const NAME = 'wiz';
const KEYS = ['wiz-client-id', 'wiz-client-secret'] as const;

const rolledOut = workloadsTake('wiz-integration', ({ wiz }) => ({
  WIZ_CLIENT_ID: wiz.secret,
  WIZ_CLIENT_SECRET: wiz.secret,
}));
/** The workload may run without credentials, so a pod does not wait for its Secret: without this gate it would start with none. */
const opened = sealedOpened('the new credentials', ({ tree, cluster }) => {
  const newest = holders(tree, cluster).at(-1);
  return newest ? [{ cluster, path: secretPath(cluster, newest) }] : [];
});

/** What wiz-integration logs in to Wiz with. Wiz makes both values; the old ones are valid until somebody revokes them there. */
export const wiz: RotationKind = {
  name: NAME,
  summary: 'the credentials of wiz-integration at Wiz, as given on standard input',
  phases: [
    {
      name: 'standby',
      holds: 'one pair of credentials is there',
      forward: { does: 'seals the new credentials, which no pod takes yet', gates: [], step: sealNew },
    },
    {
      name: 'sealed',
      holds: 'the pods take the old credentials; the new ones are there',
      forward: { does: 'lets the pods take the new credentials', gates: [opened], step: useNewest },
      back: {
        does: 'drops the new credentials, which no pod takes',
        gates: ifReached(NAME, [rolledOut]),
        step: keepUsed,
      },
    },
    {
      name: 'switched',
      holds: 'the pods take the new credentials; the old ones are still there',
      forward: { does: 'drops the old credentials: revoke them at Wiz then', gates: [rolledOut], step: keepUsed },
      back: { does: 'lets the pods take the old credentials again', gates: [], step: useOlder },
    },
  ],
  observe(tree, cluster) {
    if (tree.read(`clusters/${cluster}/sealing.crt`) === undefined) return undefined;
    const { inUse, underWay } = readRotationFile(tree, cluster);
    const used = versionOf(inUse.wiz.secret);
    const versions = holders(tree, cluster).map(versionOf);
    if (versions.some((version) => version > used)) return 'sealed';
    // The first credentials of a cluster have none before them to tell by.
    const isSwitched = versions.some((version) => version < used) || underWay['wiz']?.phase === 'switched';
    return isSwitched ? 'switched' : 'standby';
  },
  emergency: {
    loses: 'a pod of wiz-integration that starts before all are rolled out has no credentials: its calls to Wiz fail',
    step: async (context) => {
      const { secret, changes } = newSecret(context);
      const old = holders(context.tree, context.cluster.name).flatMap((name) => [...withoutValues(context, name)]);
      return new Map([...changes, ...old, ...uses(context, secret)]);
    },
  },
};

async function sealNew(context: StepContext): Promise<FileChanges> {
  return newSecret(context).changes;
}

async function useNewest(context: StepContext): Promise<FileChanges> {
  return uses(context, holders(context.tree, context.cluster.name).at(-1) ?? '');
}

/** Where there were none, the Secret that never had them: the workload runs without. */
async function useOlder(context: StepContext): Promise<FileChanges> {
  const older = holders(context.tree, context.cluster.name).at(-2);
  return uses(context, older ?? FIRST_SECRET);
}

async function keepUsed(context: StepContext): Promise<FileChanges> {
  const { secret } = readRotationFile(context.tree, context.cluster.name).inUse.wiz;
  const others = holders(context.tree, context.cluster.name).filter((name) => name !== secret);
  return new Map(others.flatMap((name) => [...withoutValues(context, name)]));
}

/** Every Secret that has such a value, the newest last. */
function holders(tree: SourceTree, cluster: string): string[] {
  const names = sealedFiles(tree, cluster).flatMap(({ sealed: { name, encryptedData } }) =>
    KEYS.some((key) => key in encryptedData) ? [name] : [],
  );
  return names.sort((a, b) => versionOf(a) - versionOf(b));
}

function newSecret({ tree, cluster, now, inputs }: StepContext): { secret: string; changes: FileChanges } {
  const data = givenValues(inputs.values);
  const notes = inputs.fingerprintKey ? fingerprintsOf(inputs.fingerprintKey, `${cluster.name}/wiz`, data) : {};
  const used = tree.read(secretPath(cluster.name, readRotationFile(tree, cluster.name).inUse.wiz.secret));
  const known = used === undefined ? {} : (readSealedSecret(used).notes ?? {});
  const entries = Object.entries(notes);
  if (entries.length > 0 && entries.every(([name, value]) => known[name] === value)) {
    throw new UserError(`${cluster.name} has these credentials already`, {
      why: 'sealing them anew would roll every pod of wiz-integration for nothing',
      fix: 'make new credentials at Wiz, and give those',
    });
  }
  const secret = nextName(tree, cluster.name, 'ai-spm-wiz');
  const certificate = sealingCertificateOf(tree, cluster.name, now);
  const text = sealSecret({ namespace: 'ai-spm', name: secret, data, notes }, certificate);
  return { secret, changes: new Map([[secretPath(cluster.name, secret), text]]) };
}

/** Names only in its errors: a value, or what was taken for a name, may be a secret. */
function givenValues(values: Readonly<Record<string, string>> = {}): Record<string, Buffer> {
  const wrong = KEYS.filter((key) => !/^[\x21-\x7e]+$/.test(values[key] ?? ''));
  if (wrong.length === 0 && Object.keys(values).length === KEYS.length) {
    return Object.fromEntries(KEYS.map((key) => [key, Buffer.from(values[key] ?? '')]));
  }
  throw new UserError(
    wrong.length > 0
      ? `${wrong.join(' and ')} must be given: printable characters without a space`
      : `only ${KEYS.join(' and ')} can be given`,
    {
      why: 'both change together: one of an old pair and one of a new pair let nobody in',
      fix: 'printf \'wiz-client-id=%s\\nwiz-client-secret=%s\\n\' "$ID" "$SECRET" | npm run rotate -- apply wiz --values',
    },
  );
}

/** The file goes with its last value. */
function withoutValues({ tree, cluster, now }: StepContext, secret: string): FileChanges {
  const path = secretPath(cluster.name, secret);
  const certificate = sealingCertificateOf(tree, cluster.name, now);
  return new Map([[path, editSealedSecret(path, readNeeded(tree, path), { remove: KEYS }, certificate)]]);
}

function uses({ tree, cluster }: StepContext, secret: string): FileChanges {
  const file = readRotationFile(tree, cluster.name);
  return new Map([[rotationPath(cluster.name), rotationText({ ...file, inUse: { ...file.inUse, wiz: { secret } } })]]);
}
