import { refused } from '../expansion-error.ts';
import { builtins } from './builtins.ts';
import { executeTemplate, type MissingKey } from './execute.ts';
import type { Functions } from './function.ts';
import { nameFunctions } from './names.ts';
import { parseTemplate, type Template } from './parse.ts';
import { collectionFunctions } from './sprig/collections.ts';
import { formatFunctions } from './sprig/formats.ts';
import { numberFunctions } from './sprig/numbers.ts';
import { textFunctions } from './sprig/text.ts';
import type { GoMap } from './value.ts';

/** Those of sprig come before those of the language, as in Argo CD: `slice` is sprig's. */
const functions: Functions = {
  ...builtins,
  ...textFunctions,
  ...collectionFunctions,
  ...numberFunctions,
  ...formatFunctions,
  ...nameFunctions,
};

/** Functions that Argo CD has and this program does not: their result is random, or hangs on the day, or no one uses them. */
const UNSUPPORTED = new Set(
  `abbrev abbrevboth add1f addf adler32sum ago b32dec b32enc bcrypt biggest buildCustomCert call camelcase ceil chunk date
  dateInZone dateModify date_in_zone date_modify decryptAES deepCopy deepEqual derivePassword divf duration durationRound encryptAES
  floor genCA genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey hello html
  htmlDate htmlDateInZone htpasswd initials js kebabcase kindIs kindOf maxf merge mergeOverwrite minf mulf mustAppend mustChunk
  mustCompact mustDateModify mustDeepCopy mustFirst mustHas mustInitial mustLast mustMerge mustMergeOverwrite mustPrepend mustPush
  mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest mustReverse
  mustSlice mustToDate mustToPrettyJson mustToRawJson mustUniq mustWithout must_date_modify now osBase osClean osDir osExt osIsAbs plural
  randAlpha randAlphaNum randAscii randBytes randInt randNumeric regexFind regexFindAll regexMatch regexQuoteMeta regexReplaceAll
  regexReplaceAllLiteral regexSplit round semver semverCompare seq set shuffle snakecase subf swapcase toDate toDecimal typeIs typeIsLike
  typeOf unixEpoch unset urlJoin urlParse urlquery uuidv4 wrap wrapWith`.split(/\s+/),
);

const isKnown = (name: string) =>
  Object.hasOwn(functions, name) || UNSUPPORTED.has(name) || name === 'and' || name === 'or';

/** One set has the same templates for each of its Applications. */
const parsed = new Map<string, Template>();
const MAX_PARSED = 10_000;

/**
 * Text of a Go template for parameters, with the functions that Argo CD gives to ApplicationSets.
 * @throws ExpansionError where Argo CD would refuse it, or where its result cannot be known
 */
export function renderGoTemplate(text: string, parameters: GoMap, options: readonly string[]): string {
  // Nothing to do, and nothing that could be wrong.
  if (!text.includes('{{')) {
    missingKeyOf(options);
    return text;
  }
  let template = parsed.get(text);
  if (!template) {
    template = parseTemplate(text, isKnown);
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, template);
  }
  return executeTemplate(template, parameters, missingKeyOf(options), functions);
}

/** The last of `goTemplateOptions` counts; one that Go does not know makes the controller panic. */
export function missingKeyOf(options: readonly string[]): MissingKey {
  let missingKey: MissingKey = 'default';
  for (const option of options) {
    const value = /^missingkey=(default|invalid|zero|error)$/.exec(option)?.[1];
    if (value === undefined) throw refused(`there is no template option ${JSON.stringify(option)}`);
    missingKey = value === 'zero' || value === 'error' ? value : 'default';
  }
  return missingKey;
}
