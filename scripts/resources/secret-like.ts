/**
 * Tells secrets from settings by name and by shape. Nothing here returns, stores or logs the text that it judges.
 */

/** Words that name a secret at the end of a name, also as the end of a compound: `pgpassword`, `clientsecret`; not `bypass`. */
const SECRET_WORD =
  /(?:(?:^|pg|db|sql|user|root|admin|smtp|mail|redis|mongo|ldap)pass|password|passwd|passphrase|pwd|secret|token|credentials?|apikey|secretkey|privatekey|accesskey)$/;
/** What may follow without making a secret a mere setting: `SECRET_KEY_BASE`, `API_KEY_PROD`, `PASSWORD_2`. */
const QUALIFIER =
  /^(?:\d+|base|base64|b64|pem|value|default|current|previous|old|new|next|primary|secondary|prod|production|staging|dev|test|live)$/;
/** `key` is a secret after one of these; a cache key or a partition key is not. */
const SECRET_KEY =
  /^(?:access|account|api|auth|client|encryption|hmac|jwt|license|master|private|secret|service|session|shared|signing|ssh|tls|webhook)$/;
const PUBLIC_KEY = /^(?:public|publishable|site)$/;

const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/;
/** User and password before the host of a URL; an image name with a digest looks alike. */
const URL_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*:([^\s/?#@]+)@(?!sha256:)/gi;
/** A place where something else fills in the value: `$(NAME)`, `${NAME}`, `{{ name }}`, `<name>`, `***`. */
const PLACEHOLDER = /^(?:\$\(.*\)|\$\{.*\}|\$[A-Za-z_]\w*|\{\{.*\}\}|<.*>|\*+)$/s;
/** Not the secret but where it is: a file, a URL, an entry of a secret store; or a switch. */
const NO_VALUE =
  /^(?:true|false|none|null|\/(?:app|certs?|data|etc|home|mnt|opt|run|secrets?|srv|tmp|usr|var|vault)\/\S+|https?:\/\/\S+|vault:\S+|ref\+\S+|arn:\S+)$/i;

export type NamedSecret = 'certain' | 'by value' | 'no';

/** What a variable or key promises by its name; `by value` where only the look of the value can tell (`STRIPE_KEY`). */
export function namesSecret(name: string): NamedSecret {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  while (words.length > 1 && QUALIFIER.test(words.at(-1) ?? '')) words.pop();
  const last = words.at(-1) ?? '';
  const before = words.at(-2) ?? '';
  if (last === 'key') {
    if (PUBLIC_KEY.test(before)) return 'no';
    return before === '' || SECRET_KEY.test(before) ? 'certain' : 'by value';
  }
  return SECRET_WORD.test(last) ? 'certain' : 'no';
}

/** True where a value under this name is the secret itself: neither empty nor a reference, a path, a URL or a switch. */
export function isSecretValue(name: string, value: string): boolean {
  const promise = namesSecret(name);
  const text = value.trim();
  if (promise === 'no' || text === '' || PLACEHOLDER.test(text) || NO_VALUE.test(text)) return false;
  return promise === 'certain' || (/^\S{16,}$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text));
}

/** A secret that shows by its own shape, whatever it is called. */
export function embeddedSecret(text: string): 'a private key' | 'a password in a URL' | undefined {
  if (isPrivateKey(text)) return 'a private key';
  if (!text.includes('://')) return undefined;
  const passwords = [...text.matchAll(URL_PASSWORD)].map(([, password = '']) => password);
  return passwords.some((password) => !PLACEHOLDER.test(password)) ? 'a password in a URL' : undefined;
}

function isPrivateKey(text: string): boolean {
  if (text.includes('PRIVATE KEY-----')) return PRIVATE_KEY.test(text);
  // `-----BEGIN` in base64; the first line is enough to know what it is.
  return (
    text.startsWith('LS0tLS1CRUdJTi') && PRIVATE_KEY.test(Buffer.from(text.slice(0, 80), 'base64').toString('latin1'))
  );
}
