import Ajv, { type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KubeObject, toPointer } from '../../../resources/kube-object.ts';
import { kindKey, splitApiVersion } from '../../../schemas/field-schema.ts';
import { jsonSchemaOf } from '../../../schemas/json-schema.ts';
import { bundledFiles } from './catalog.ts';
import { check, type Found, validObjects } from './fixture.ts';
import { fieldPaths, MUTATIONS, mutate } from './mutations.ts';

const SELF_DEFINED = ['CustomResourceDefinition', 'Ring'];
const stock = validObjects().filter((object) => !SELF_DEFINED.includes(object.kind));

/** The verdict of another validator on the same schemas. */
const ajv = new Ajv({ strict: false });
const compiled = new Map<string, ValidateFunction>();

function isValid(object: KubeObject): boolean {
  const { group, version } = splitApiVersion(object.apiVersion);
  const key = kindKey(group, object.kind);
  const [home, file] = [...bundledFiles()].find(([, { kinds }]) => kinds[key]) ?? [];
  const definition = file?.kinds[key]?.versions[version];
  const validate = compiled.get(key) ?? ajv.compile(jsonSchemaOf(bundledFiles(), home as string, definition as string));
  compiled.set(key, validate);
  return validate(object);
}

const anyMutant = fc
  .constantFrom(...stock)
  .chain((object) =>
    fc.tuple(fc.constant(object), fc.constantFrom(...fieldPaths(object)), fc.constantFrom(...MUTATIONS)),
  )
  .map(([object, path, mutation]) => mutate(object, path, mutation));

function isWithin(path: string, container: string): boolean {
  return path === container || path.startsWith(`${container}/`);
}

/** At the changed field or in it; a field that went missing is reported where it was. */
function isAt({ code, path }: Found, place: string): boolean {
  return isWithin(path, place) || (code === 'K8S005' && path === place.slice(0, place.lastIndexOf('/')));
}

describe('a random change to a valid object', () => {
  it('is reported at its place exactly when another validator refuses the object', () => {
    fc.assert(
      fc.property(anyMutant, ({ object, path }) => {
        const found = check([object]);
        const place = toPointer(path);
        const seen = new Set(found.map((problem) => `${problem.code} ${problem.path} ${problem.message}`));

        // What JSON Schema cannot say, such as a rule in CEL, ends in the one code for values.
        if (isValid(object)) expect(found.filter(({ code }) => code !== 'K8S004')).toEqual([]);
        else expect(found.some((problem) => isAt(problem, place))).toBe(true);
        expect(found.filter((problem) => !isWithin(problem.path, place) && !isWithin(place, problem.path))).toEqual([]);
        expect(seen.size).toBe(found.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('never breaks an object that both find valid', () => {
    for (const object of stock)
      expect([object.kind, isValid(object), check([object])]).toEqual([object.kind, true, []]);
  });
});
