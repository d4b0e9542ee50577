import { isIP } from 'node:net';

/** The formats that schemas name: what a value must look like, in words and as a test. Sources: scripts/schemas/formats.ts. */
export interface Format {
  /** Ends the sentence "expected ...". */
  expect: string;
  test(value: unknown): boolean;
  /** The whole rule as a regular expression, where one says it all: other validators take it over. */
  pattern?: string;
}

const DNS_LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const DNS_SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const QUALIFIED = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const QUANTITY = '[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?';
const DATE_TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})';

const CRON_FIELD = '[0-9A-Za-z*/,?-]+';
const CRON = `@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every \\S+|\\s*${CRON_FIELD}(\\s+${CRON_FIELD}){4}\\s*`;

const PORT_NAME = 'at most 15 lower-case letters, digits or single `-` inside, at least one of them a letter';

const INT32 = 2 ** 31;
const INT64 = 2 ** 63;

const SUBDOMAIN = matching('lower-case letters, digits, `-` or `.`, a letter or digit first and last', DNS_SUBDOMAIN);

/** Formats of OpenAPI that no server checks (`double`, `password`) are absent. */
const FORMATS: Readonly<Record<string, Format>> = {
  int32: {
    expect: 'an integer between -2147483648 and 2147483647',
    test: (value) => typeof value !== 'number' || (value >= -INT32 && value < INT32),
  },
  int64: {
    expect: 'an integer of at most 64 bits',
    test: (value) => typeof value !== 'number' || (value >= -INT64 && value <= INT64),
  },
  byte: { expect: 'base64 with padding', test: isBase64 },
  'date-time': matching('a time such as 2026-01-31T12:00:00Z', DATE_TIME),
  'dns-label': matching('at most 63 lower-case letters, digits or `-`, a letter or digit first and last', DNS_LABEL),
  'dns-1035-label': matching(
    'at most 63 lower-case letters, digits or `-`, a letter first, a letter or digit last',
    '[a-z]([-a-z0-9]{0,61}[a-z0-9])?',
  ),
  'dns-subdomain': limited(253, SUBDOMAIN),
  // 11 characters are kept for what the controller appends.
  'cron-job-name': limited(52, SUBDOMAIN),
  'path-segment': {
    expect: 'a name other than `.` and `..`, without `/` and `%`',
    test: (value) =>
      typeof value !== 'string' || (value !== '' && value !== '.' && value !== '..' && !/[/%]/.test(value)),
  },
  'qualified-name': matching(
    'at most 63 letters, digits, `-`, `_` or `.`, a letter or digit first and last, after an optional `dns.prefix/`',
    `(${DNS_SUBDOMAIN}/)?${QUALIFIED}`,
  ),
  'annotation-key': matching(
    'at most 63 letters, digits, `-`, `_` or `.`, a letter or digit first and last, after an optional `dns.prefix/`',
    `(${DNS_SUBDOMAIN.replaceAll('a-z', 'A-Za-z')}/)?${QUALIFIED}`,
  ),
  'label-value': matching(
    'at most 63 letters, digits, `-`, `_` or `.`, a letter or digit first and last, or nothing',
    `(${QUALIFIED})?`,
  ),
  'config-key': {
    expect: 'at most 253 letters, digits, `-`, `_` or `.`, not `..` at the start',
    test: (value) =>
      typeof value !== 'string' || (/^[-._a-zA-Z0-9]{1,253}$/.test(value) && value !== '.' && !value.startsWith('..')),
  },
  'env-name': matching('printable ASCII without `=`', '[ -<>-~]+'),
  'port-name': { expect: PORT_NAME, test: isPortName },
  'port-or-name': {
    expect: `a port number between 1 and 65535, or a port name: ${PORT_NAME}`,
    test: isPortOrName,
  },
  'optional-port-or-name': {
    expect: `a port number between 1 and 65535, or a port name: ${PORT_NAME}`,
    test: (value) => value === 0 || value === '' || isPortOrName(value),
  },
  'int-or-percent': {
    expect: 'an integer of zero or more, or a percentage such as 25%',
    test: (value) =>
      typeof value === 'string' ? /^[0-9]+%$/.test(value) : typeof value !== 'number' || (value >= 0 && value < INT32),
  },
  'resource-name': {
    expect: 'cpu, memory, ephemeral-storage, hugepages-<size>, or a name with a prefix such as nvidia.com/gpu',
    test: (value) => typeof value !== 'string' || /^(cpu|memory|ephemeral-storage|hugepages-.+|.+\/.+)$/.test(value),
  },
  cron: matching('five fields such as `30 2 * * *`, or @hourly, @daily and the like', CRON),
  quantity: matching('a quantity such as 500m, 2 or 1.5Gi', QUANTITY),
  'quantity-not-negative': matching(
    'a quantity of zero or more, such as 500m, 2 or 1.5Gi',
    QUANTITY.replace('[+-]?', '[+]?'),
  ),
  cidr: { expect: 'an address block such as 10.0.0.0/8', test: isCidr },
};

export function findFormat(name: string): Format | undefined {
  return Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
}

function matching(expect: string, pattern: string): Format {
  const regex = new RegExp(`^(?:${pattern})$`);
  return {
    expect,
    pattern: regex.source,
    test: (value) => (typeof value !== 'string' && typeof value !== 'number') || regex.test(String(value)),
  };
}

function limited(length: number, format: Format): Format {
  return {
    expect: `at most ${length} characters: ${format.expect}`,
    test: (value) => (typeof value !== 'string' || value.length <= length) && format.test(value),
  };
}

function isPortOrName(value: unknown): boolean {
  return typeof value === 'number' ? value >= 1 && value <= 65535 : isPortName(value);
}

/** IsValidPortName. */
function isPortName(value: unknown): boolean {
  if (typeof value !== 'string') return true;
  return value.length <= 15 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value) && /[a-z]/.test(value);
}

/** As Go decodes it: line breaks are skipped, padding is required. */
function isBase64(value: unknown): boolean {
  if (typeof value !== 'string') return true;
  const text = value.replaceAll(/[\r\n]/g, '');
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function isCidr(value: unknown): boolean {
  if (typeof value !== 'string') return true;
  const [address = '', bits = '', ...rest] = value.split('/');
  const version = isIP(address);
  return rest.length === 0 && version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}
