/** The one adapter for requests to the network: bounded in time and size, and only over connections that nobody can listen to. */

export interface HttpRequest {
  method?: 'GET' | 'HEAD';
  headers?: Readonly<Record<string, string>>;
  /** Bound of the body, after decoding. */
  maxBytes: number;
  /** Bound of the whole exchange, redirects and body included. */
  timeoutMs: number;
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** A request that got no usable answer. An answer with an error status is not one: the caller knows what it means. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
}

const MAX_REDIRECTS = 5;

/**
 * @throws HttpError when the URL is not allowed, there is no connection, or a bound is reached
 */
export async function httpRequest(url: string, request: HttpRequest): Promise<HttpAnswer> {
  const { method = 'GET', maxBytes, timeoutMs } = request;
  const first = allowedUrl(url);
  const headers = new Headers({ 'accept-encoding': 'identity', ...request.headers });
  const signal = AbortSignal.timeout(timeoutMs);
  let target = first;
  try {
    for (let redirects = 0; ; redirects++) {
      const response = await fetch(target, { method, headers, signal, redirect: 'manual' });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || !location) {
        return { status: response.status, headers: response.headers, body: await readBody(response, target, maxBytes) };
      }
      await response.body?.cancel();
      if (redirects === MAX_REDIRECTS)
        throw new HttpError(`${plain(first)} redirects more than ${MAX_REDIRECTS} times`);
      const next = allowedUrl(location, target);
      // Credentials are for the server that they were given for.
      if (next.origin !== target.origin) headers.delete('authorization');
      target = next;
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(`${plain(target)} cannot be reached: ${reason(error, timeoutMs)}`, { cause: error });
  }
}

/**
 * A URL that may be asked: https, or http to this machine. What one answer points to next may be on this machine only when the answer
 * came from it, so that no server elsewhere can reach what listens here.
 * @param from the URL whose answer named this one
 * @throws HttpError for any other URL
 */
export function allowedUrl(url: string, from?: URL): URL {
  if (!URL.canParse(url, from?.href)) throw new HttpError(`\`${url}\` is not a URL`);
  const parsed = new URL(url, from?.href);
  const isLocal = isLoopback(parsed.hostname);
  if (parsed.username || parsed.password) throw new HttpError(`${plain(parsed)} carries credentials in the URL`);
  if (from && isLocal && !isLoopback(from.hostname))
    throw new HttpError(`${plain(from)} points to ${plain(parsed)}, on this machine`);
  if (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && isLocal)) return parsed;
  throw new HttpError(`${from ? `${plain(from)} points to ${plain(parsed)}, which` : plain(parsed)} is not https`);
}

/** Whether a host name, with or without a port, is this machine itself. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}

async function readBody(response: Response, url: URL, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new HttpError(`${plain(url)} sends more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Without the query, which may carry a signature. */
function plain(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function reason(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no complete answer within ${timeoutMs / 1000} s`;
  const { cause } = error;
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return inner instanceof Error ? inner.message : error.message;
}
