import { isRecord } from '../../../resources/value.ts';

/** What a CEL rule of a CustomResourceDefinition demands, in words and as a test. */
export interface CelRule {
  /** Ends the sentence "expected ...". */
  expect: string;
  holds(self: unknown): boolean;
}

/**
 * The rules of the CustomResourceDefinitions in `schemas/`, by their text. There are few and they change rarely, so each is written out here
 * rather than interpreted; a test fails when an update of the schemas brings a rule that is missing. "At most one of these fields" is no rule
 * here: scripts/schemas/constraints.ts turns it into `atMostOne`.
 */
const RULES: Readonly<Record<string, CelRule>> = {
  '!self.contains("*")': { expect: 'a label value without `*`', holds: (self) => !text(self).includes('*') },
  'self.all(key, !key.contains("*"))': {
    expect: 'label keys without `*`',
    holds: (self) => keys(self).every((key) => !key.includes('*')),
  },
  'self.all(key, key.size() != 0)': {
    expect: 'label keys that are not empty',
    holds: (self) => keys(self).every((key) => key !== ''),
  },
  'self.size() == 0': {
    expect: 'nothing: a policy cannot refer to another namespace',
    holds: (self) => text(self) === '',
  },
  "duration(self) >= duration('1ms')": {
    expect: 'a duration of at least one millisecond, such as 500ms, 30s or 1h30m',
    holds: (self) => milliseconds(text(self)) >= 1,
  },
  '0 < self && self <= 65535': port(),
  'self.all(key, 0 < int(key) && int(key) <= 65535)': {
    expect: 'port numbers between 1 and 65535 as keys',
    holds: (self) => keys(self).every((key) => /^\d{1,5}$/.test(key) && isPort(Number(key))),
  },
  'has(self.portLevelMtls) ? (((has(self.selector) && has(self.selector.matchLabels)) ? self.selector.matchLabels : {}).size() > 0) : true':
    {
      expect: 'a `selector` with labels beside `portLevelMtls`: without one the port settings have no effect',
      holds: (self) => !has(self, 'portLevelMtls') || keys(get(get(self, 'selector'), 'matchLabels')).length > 0,
    },
  'url(self).getScheme() in ["http", "https"]': {
    expect: 'a URL that starts with http:// or https://',
    holds: (self) => /^https?:\/\//.test(text(self)),
  },
  'self != "*"': { expect: 'a host other than `*`', holds: (self) => self !== '*' },
  'self.all(l1, self.exists_one(l2, l1.number == l2.number))': {
    expect: 'a different `number` for every port',
    holds: (self) => new Set(items(self).map((item) => get(item, 'number'))).size === items(self).length,
  },
  '!((has(self.addresses) ? self.addresses : []).exists(k, k.contains("/")) && !((has(self.resolution) ? self.resolution : "NONE") in ["STATIC", "NONE"]))':
    {
      expect: 'no address blocks (CIDR) unless `resolution` is NONE or STATIC',
      holds: (self) =>
        !items(get(self, 'addresses')).some((item) => text(item).includes('/')) ||
        ['NONE', 'STATIC'].includes(resolution(self)),
    },
  '((has(self.resolution) ? self.resolution : "NONE") == "NONE") ? !has(self.endpoints) : true': {
    expect: 'no `endpoints` while `resolution` is NONE, its default',
    holds: (self) => resolution(self) !== 'NONE' || !has(self, 'endpoints'),
  },
  '((has(self.resolution) ? self.resolution : "") == "DNS_ROUND_ROBIN") ? ((has(self.endpoints) ? self.endpoints : []).size() <= 1) : true':
    {
      expect: 'at most one of `endpoints` while `resolution` is DNS_ROUND_ROBIN',
      holds: (self) => resolution(self) !== 'DNS_ROUND_ROBIN' || items(get(self, 'endpoints')).length <= 1,
    },
  'self.startsWith("unix://") ? (self.substring(7, 8) == "/" || self.substring(7, 8) == "@") : true': {
    expect: 'an absolute path or an abstract socket after unix://',
    holds: (self) => !isSocket(self) || /^unix:\/\/[/@]/.test(text(self)),
  },
  'self.startsWith("unix://") ? !self.endsWith("/") : true': {
    expect: 'a file, not a folder, after unix://',
    holds: (self) => !isSocket(self) || !text(self).endsWith('/'),
  },
  'self.all(key, size(key) < 63 && key.matches("^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$"))': {
    expect: 'port names of less than 63 letters, digits or `-`, a letter or digit first and last',
    holds: (self) =>
      keys(self).every((key) => key.length < 63 && /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(key)),
  },
  'has(self.address) || has(self.network)': {
    expect: '`address` or `network`',
    holds: (self) => has(self, 'address') || has(self, 'network'),
  },
  '(has(self.address) ? self.address : "").startsWith("unix://") ? !has(self.ports) : true': {
    expect: 'no `ports` beside an address that starts with unix://',
    holds: (self) => !isSocket(get(self, 'address')) || !has(self, 'ports'),
  },
  '((has(self.operation) ? self.operation : "") == "UPSERT") ? (self.value != "") : true': {
    expect: 'a `value` while `operation` is UPSERT',
    holds: (self) => get(self, 'operation') !== 'UPSERT' || text(get(self, 'value')) !== '',
  },
  '((has(self.operation) ? self.operation : "") == "REMOVE") ? !has(self.value) : true': {
    expect: 'no `value` while `operation` is REMOVE',
    holds: (self) => get(self, 'operation') !== 'REMOVE' || !has(self, 'value'),
  },
  '(has(self.valueFrom) ? self.valueFrom : "") != "HOST" || !has(self.value)': {
    expect: 'no `value` while `valueFrom` is HOST',
    holds: (self) => get(self, 'valueFrom') !== 'HOST' || !has(self, 'value'),
  },
  'has(self.context) ? ((self.context == "WAYPOINT") ? has(self.waypoint) : !has(self.waypoint)) : !has(self.waypoint)':
    {
      expect: '`waypoint` exactly when `context` is WAYPOINT',
      holds: (self) => has(self, 'waypoint') === (get(self, 'context') === 'WAYPOINT'),
    },
  '(has(self.serviceAccounts) || has(self.notServiceAccounts)) ? (!has(self.principals) && !has(self.notPrincipals) && !has(self.namespaces) && !has(self.notNamespaces)) : true':
    {
      expect: 'no principals or namespaces beside service accounts',
      holds: (self) =>
        !hasAny(self, ['serviceAccounts', 'notServiceAccounts']) ||
        !hasAny(self, ['principals', 'notPrincipals', 'namespaces', 'notNamespaces']),
    },
  'isURL(self) ? (url(self).getScheme() in ["", "http", "https", "file", "oci"]) : (isURL("http://" + self) && url("http://" + self).getScheme() in ["", "http", "https", "file", "oci"])':
    moduleUrl(),
  'isURL(self) ? (url(self).getScheme() in ["", "http", "https", "oci", "file"]) : (isURL("http://" + self) && url("http://" + self).getScheme() in ["", "http", "https", "oci", "file"])':
    moduleUrl(),
  'self in ["", "HTTP", "HTTPS"]': {
    expect: 'HTTP or HTTPS',
    holds: (self) => ['', 'HTTP', 'HTTPS'].includes(text(self)),
  },
};

/** The texts of all rules that are known. */
export const CEL_RULES: readonly string[] = Object.keys(RULES);

/** `undefined` for a rule that is not known: a CustomResourceDefinition among the manifests may bring any. */
export function findCelRule(rule: string): CelRule | undefined {
  return Object.hasOwn(RULES, rule) ? RULES[rule] : undefined;
}

/** Whole milliseconds or fractions of a Go duration (`time.ParseDuration`), NaN for anything else. */
function milliseconds(duration: string): number {
  const parts = [...duration.matchAll(/([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== duration.replace(/^[+-]/, '')) return Number.NaN;
  const units: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 };
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit as string] ?? 0), 0);
  return duration.startsWith('-') ? -total : total;
}

function port(): CelRule {
  return { expect: 'a port number between 1 and 65535', holds: (self) => isPort(Number(self)) };
}

function isPort(value: number): boolean {
  return value >= 1 && value <= 65535;
}

function moduleUrl(): CelRule {
  return {
    expect: 'a URL with the scheme http, https, file or oci, or without one',
    holds: (self) => {
      const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text(self))?.[1];
      return (
        !/\s/.test(text(self)) &&
        (scheme === undefined || ['http', 'https', 'file', 'oci'].includes(scheme.toLowerCase()))
      );
    },
  };
}

function resolution(self: unknown): string {
  return text(get(self, 'resolution')) || 'NONE';
}

function isSocket(value: unknown): boolean {
  return text(value).startsWith('unix://');
}

function get(self: unknown, field: string): unknown {
  return isRecord(self) ? self[field] : undefined;
}

/** As CEL's `has`: the API server drops nulls before it asks the rules. */
function has(self: unknown, field: string): boolean {
  return get(self, field) !== undefined && get(self, field) !== null;
}

function hasAny(self: unknown, fields: readonly string[]): boolean {
  return fields.some((field) => has(self, field));
}

function keys(self: unknown): string[] {
  return isRecord(self) ? Object.keys(self).filter((key) => has(self, key)) : [];
}

function items(self: unknown): unknown[] {
  return Array.isArray(self) ? self : [];
}

function text(self: unknown): string {
  return typeof self === 'string' ? self : '';
}
