import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

/** Sets a field of the record of a cluster in a checkout; `undefined` takes it out. What is generated from it stays as it is. */
export function setInRecord(checkout: string, cluster: string, field: string, value: unknown): void {
  const file = join(checkout, `clusters/${cluster}/cluster.yaml`);
  const record = parseDocument(readFileSync(file, 'utf8'));
  if (value === undefined) record.delete(field);
  else record.set(field, value);
  writeFileSync(file, record.toString());
}
