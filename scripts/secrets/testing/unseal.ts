import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import { readSealedSecret } from '../sealed-secret.ts';

/** What the controller finds in a SealedSecret (scope `strict`): the value of each key. @throws Error where it is sealed for another place or key */
export function unseal(text: string, privateKey: string): Record<string, Buffer> {
  const { namespace, name, encryptedData } = readSealedSecret(text);
  const oaepLabel = Buffer.from(`${namespace}/${name}`);
  const open = (item: string) => {
    const bytes = Buffer.from(item, 'base64');
    const length = bytes.readUInt16BE(0);
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const options = { key: privateKey, padding, oaepHash: 'sha256', oaepLabel };
    const sessionKey = privateDecrypt(options, bytes.subarray(2, 2 + length));
    const decipher = createDecipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(2 + length, -16)), decipher.final()]);
  };
  return Object.fromEntries(Object.entries(encryptedData).map(([key, item]) => [key, open(item)]));
}
