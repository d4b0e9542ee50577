import { embeddedSecret } from '../resources/secret-like.ts';
import { mask } from './mask.ts';

/** Also a key that was cut short: it ends with the quotation that holds it. */
const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|(?=\.{3}|["'`])|$)/g;
/** `-----BEGIN` in base64, as in the `data` of a Secret. */
const ENCODED_PEM = /\bLS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g;
/** `user:password@` of a URL, unless the password is a reference such as `$(PASSWORD)`; `...` where a message cut the URL. */
const URL_PASSWORD = /(:\/\/[^\s:@/]*:)(?!\$[({])([^\s/"'`]+)(?=@(?!sha256:)|\.\.\.)/g;
/** Tokens that their issuers made recognizable: GitHub, GitLab, Slack, AWS, Stripe, and JSON Web Tokens. */
const TOKEN =
  /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|gl(?:pat|rt|dt)-[\w-]{16,}|xox[abeoprs]-[\w-]{8,}|A[KS]IA[A-Z0-9]{16}|[rs]k_(?:live|test)_\w{10,}|eyJ[\w-]{10,}(?:\.[\w-]*){0,2})/g;

/** Hides secrets that show by their own shape, in any text: source, messages, fixes. */
export function redactShapes(text: string): string {
  return text
    .replace(PRIVATE_KEY, mask)
    .replace(ENCODED_PEM, (encoded) => (embeddedSecret(encoded) ? mask(encoded) : encoded))
    .replace(URL_PASSWORD, (_, before: string, secret: string) => before + mask(secret))
    .replace(TOKEN, mask);
}
