'use strict';
/**
 * Lets Node load the TypeScript of this repository (`node -r ./scripts/load-typescript.js scripts/cli.ts`). ts-node translates each file,
 * and what it made is kept by the content of the file: `ts-node/register` alone loads the TypeScript compiler and translates everything
 * anew each time that a command starts, which takes longer than most commands do.
 */
const { createHash, randomUUID } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { SourceMap } = require('node:module');
const { join, resolve } = require('node:path');

const ROOT = resolve(__dirname, '..');
/** Beside what `render` keeps; losing the folder only costs time. */
const CACHE = join(ROOT, 'node_modules', '.cache', 'ai-spm-mesh', 'code');
/** What else the translation hangs on. */
const TRANSLATOR = [
  require('ts-node/package.json').version,
  require('@swc/core/package.json').version,
  readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'),
].join('\n');
const MAP = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** What was loaded, by path: for the places in stack traces. */
const loaded = new Map();
const maps = new Map();
let translator;

require.extensions['.ts'] = (module, path) => {
  const text = readFileSync(path, 'utf8');
  const key = createHash('sha256').update(TRANSLATOR).update('\0').update(text).digest('hex');
  // Empty is what a disk that was full, or lost its power, has kept.
  const code = kept(key) || keep(key, translate(text, path));
  loaded.set(path, code);
  maps.delete(path);
  module._compile(code, path);
};

Error.prepareStackTrace = stackOf;

function translate(text, path) {
  translator ??= require('ts-node').create({ cwd: ROOT });
  // ts-node knows the places in the files alone that it has translated just now.
  Error.prepareStackTrace = stackOf;
  return translator.compile(text, path);
}

function kept(key) {
  try {
    return readFileSync(join(CACHE, key), 'utf8');
  } catch {
    return undefined;
  }
}

/** In one step: processes that start at once never read half of a file. */
function keep(key, code) {
  const unfinished = join(CACHE, `.${randomUUID()}`);
  try {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(unfinished, code);
    renameSync(unfinished, join(CACHE, key));
  } catch {
    // Where nothing can be kept (read-only dependencies, a full disk), it is translated again next time.
  }
  return code;
}

/** The lines of a stack are those that a person reads; maps are only taken apart when a stack is shown. */
function stackOf(error, sites) {
  return [error, ...sites.map((site) => `    at ${inSource(site)}`)].join('\n');
}

/** Whatever is wrong with a map, the error itself is shown. */
function inSource(site) {
  try {
    const entry = mapOf(site.getFileName())?.findEntry(site.getLineNumber() - 1, site.getColumnNumber() - 1);
    // What the translation has added is nowhere in the source.
    if (entry?.originalLine === undefined) return String(site);
    return String(site).replace(/:\d+:\d+(?=\)?$)/, `:${entry.originalLine + 1}:${entry.originalColumn + 1}`);
  } catch {
    return String(site);
  }
}

function mapOf(path) {
  if (!maps.has(path)) {
    const map = loaded.get(path)?.split(MAP)[1];
    maps.set(path, map && new SourceMap(JSON.parse(Buffer.from(map, 'base64').toString())));
  }
  return maps.get(path);
}
