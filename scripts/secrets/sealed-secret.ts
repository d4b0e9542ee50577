import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { remembered } from '../system/remembered.ts';
import { UserError } from '../system/user-error.ts';
import { type Scope, sealItem } from './seal.ts';
import type { SealingCertificate } from './sealing-certificate.ts';

/** A Secret before it is sealed. Its values are in memory only. */
export interface SecretValues {
  namespace: string;
  name: string;
  type?: string;
  data: Readonly<Record<string, Buffer>>;
  /** Values that anybody may read, such as certificates: they stand in the file as they are, for reviewers and for checks. */
  open?: Readonly<Record<string, string>>;
  /** Labels and annotations of the Secret that the controller makes. */
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  /** Annotations of the SealedSecret alone: what the pipeline knows of its values. */
  notes?: Readonly<Record<string, string>>;
}

/** What a file with a SealedSecret holds. */
export interface SealedSecret {
  namespace: string;
  name: string;
  type?: string;
  /** Fingerprint of the certificate that its values are sealed to. */
  certificate?: string;
  encryptedData: Readonly<Record<string, string>>;
  open: Readonly<Record<string, string>>;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  notes?: Readonly<Record<string, string>>;
}

/** Tells which key opens the values: the controller itself can only try them all. */
export const CERTIFICATE_ANNOTATION = 'ai-spm.io/sealing-certificate';

/** @returns a SealedSecret as YAML, for this namespace and name only unless its annotations widen that */
export function sealSecret({ data, open = {}, ...secret }: SecretValues, certificate: SealingCertificate): string {
  const encryptedData = seal(secret, data, certificate);
  return write({ ...secret, certificate: certificate.fingerprint, encryptedData, open });
}

export interface SealedEdit {
  /** Values to seal, in place of those of the same name. */
  data?: Readonly<Record<string, Buffer>>;
  open?: Readonly<Record<string, string>>;
  remove?: readonly string[];
  /** Sealed values that get another name, from old to new: what they are sealed for is the Secret, not the key in it. */
  rename?: Readonly<Record<string, string>>;
}

/**
 * Changes some values of a SealedSecret; the others keep their bytes, so that a diff shows what changed.
 * @returns its text, or `undefined` where no value is left
 * @throws UserError where the file was sealed to another certificate: one file hangs on one key
 */
export function editSealedSecret(
  file: string,
  text: string,
  edit: SealedEdit,
  certificate: SealingCertificate,
): string | undefined {
  const sealed = readSealedSecret(text, file);
  const { data = {}, open = {}, remove = [], rename = {} } = edit;
  if (Object.keys(data).length > 0 && sealed.certificate !== certificate.fingerprint) {
    throw new UserError(`${file} is sealed to another certificate than the one that the cluster has now`, {
      why: 'with two keys in one file nobody could say when the older one may go',
      fix: 'seal it anew first: npm run rotate -- apply sealing-key --cluster CLUSTER --context CONTEXT',
    });
  }
  const without = <T>(items: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(items).filter(([key]) => !remove.includes(key)));
  const renamed = Object.entries(rename).map(([from, to]) => [to, sealed.encryptedData[from] ?? '']);
  const kept = Object.entries(without(sealed.encryptedData)).filter(([key]) => !(key in rename));
  const encryptedData = { ...Object.fromEntries([...kept, ...renamed]), ...seal(sealed, data, certificate) };
  const result = { ...sealed, encryptedData, open: { ...without(sealed.open), ...open } };
  return Object.keys(encryptedData).length + Object.keys(result.open).length > 0 ? write(result) : undefined;
}

/** Adds a note to a SealedSecret; all else keeps its bytes. */
export function withNote(text: string, name: string, note: string): string {
  const sealed = readSealedSecret(text);
  return write({ ...sealed, notes: { ...sealed.notes, [name]: note } });
}

/** Takes a note away; all else keeps its bytes. */
export function withoutNote(text: string, name: string): string {
  const sealed = readSealedSecret(text);
  const { [name]: _, ...notes } = sealed.notes ?? {};
  return write({ ...sealed, notes });
}

/** Changes what stands in the clear, and all labels; what is sealed keeps its bytes. */
export function changeOpen(
  text: string,
  open: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): string {
  const sealed = readSealedSecret(text);
  return write({ ...sealed, open: { ...sealed.open, ...open }, labels });
}

/** `undefined` where a text is anything but one SealedSecret. Gates look at the same few files for each cluster, again and again. */
export const sealedSecretIn: (text: string) => Readonly<SealedSecret> | undefined = remembered(parseSealedSecret, 500);

/**
 * @param file names the text in errors
 * @throws UserError where it is no SealedSecret
 */
export function readSealedSecret(text: string, file = 'a file of the rotation'): Readonly<SealedSecret> {
  const sealed = sealedSecretIn(text);
  if (sealed) return sealed;
  throw new UserError(`${file} is not one SealedSecret`, {
    source: { file, line: 1, column: 1 },
    why: 'a step changes some of its values and leaves the others as they are: all of it must be understood',
    fix: 'one SealedSecret a file, with namespace and name; move anything else elsewhere, or take the file as it was before: git log',
  });
}

const items = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const sealedSchema = z.object({
  kind: z.literal('SealedSecret'),
  metadata: z.object({ namespace: z.string(), name: z.string(), annotations: items }),
  spec: z.object({
    encryptedData: items,
    template: z
      .object({
        type: z.string().optional(),
        data: items,
        metadata: z.object({ labels: items, annotations: items }).optional(),
      })
      .optional(),
  }),
});

function parseSealedSecret(text: string): SealedSecret | undefined {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch {
    // SRC001 says what is wrong with it.
    return undefined;
  }
  const result = sealedSchema.safeParse(value);
  if (!result.success) return undefined;
  const { metadata, spec } = result.data;
  const { type, data = {}, metadata: { labels = {}, annotations = {} } = {} } = spec.template ?? {};
  const { [CERTIFICATE_ANNOTATION]: certificate, ...notes } = metadata.annotations;
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    ...(type ? { type } : {}),
    ...(certificate ? { certificate } : {}),
    encryptedData: spec.encryptedData,
    open: data,
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    ...(Object.keys(notes).length > 0 ? { notes } : {}),
  };
}

function seal(
  { namespace, name, notes = {} }: Pick<SecretValues, 'namespace' | 'name' | 'notes'>,
  data: Readonly<Record<string, Buffer>>,
  { publicKey }: SealingCertificate,
): Record<string, string> {
  const target = { namespace, name, scope: scopeOf(notes) };
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, sealItem(publicKey, target, value)]));
}

/** As the controller takes it from a SealedSecret itself, not from its template (`SecretScope`, sealed-secrets pkg/apis/sealedsecrets/v1alpha1). */
function scopeOf(annotations: Readonly<Record<string, string>>): Scope {
  const scopes = ['cluster-wide', 'namespace-wide'] as const;
  return scopes.find((scope) => annotations[`sealedsecrets.bitnami.com/${scope}`] === 'true') ?? 'strict';
}

function write({ namespace, name, type, certificate, encryptedData, open, ...rest }: SealedSecret): string {
  const { labels, annotations, notes } = rest;
  const ofItself = { ...notes, ...(certificate ? { [CERTIFICATE_ANNOTATION]: certificate } : {}) };
  const object = {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace, ...filled('annotations', ofItself) },
    spec: {
      encryptedData: sorted(encryptedData),
      template: {
        metadata: { name, namespace, ...filled('labels', labels), ...filled('annotations', annotations) },
        ...(type ? { type } : {}),
        ...filled('data', open),
      },
    },
  };
  // The controller reads YAML 1.1, where a key `n` would be a boolean.
  return stringify(object, { lineWidth: 0, blockQuote: 'literal', compat: 'yaml-1.1' });
}

/** The field, unless it would be empty. */
function filled(field: string, items: Readonly<Record<string, string>> = {}): Record<string, Record<string, string>> {
  return Object.keys(items).length > 0 ? { [field]: sorted(items) } : {};
}

function sorted(items: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1)));
}
