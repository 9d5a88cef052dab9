/**
 * FHIRPath as @medplum/core reads it, but for the step from a value to a member of it, where nearly all the time went:
 * it asked the definition at each value again, and wrote beside each the path that had led there. Here the definition is
 * asked once for each type, and the path, which nobody reads, is not written.
 */
import {
  type AtomContext,
  FhirPathAtom,
  getElementDefinition,
  getTypedPropertyValue,
  initFhirPathParserBuilder,
  isEmpty,
  SymbolAtom,
  Tokenizer,
  type TypedValue,
} from '@medplum/core';

/** Throws when the text is no FHIRPath: that is a mistake in a definition. */
export function parseExpression(text: string): FhirPathAtom {
  const tokens = new Tokenizer(text, keywords, operators).tokenize();
  return new FhirPathAtom(text, parser.construct(tokens).consumeAndParse());
}

/** Those of @medplum/core, which keeps them to itself. */
const keywords = ['true', 'false'];
const operators = ['!=', '!~', '<=', '>=', '{}', '->'];

const parser = initFhirPathParserBuilder().registerPrefix('Symbol', {
  parse: (_, { value }) => (/^[$%]/.test(value) ? new SymbolAtom(value) : new MemberAtom(value)),
});

class MemberAtom extends SymbolAtom {
  readonly #placesByType = new Map<string, readonly Place[]>();

  override eval(_: AtomContext, input: TypedValue[]): TypedValue[] {
    const members: TypedValue[] = [];
    for (const typed of input) members.push(...this.#membersOf(typed));
    return members;
  }

  #membersOf(typed: TypedValue): readonly TypedValue[] {
    const { value, type } = typed;
    if (typeof value !== 'object' || value === null) return [];
    // A path may begin with the type of the resource.
    if (value.resourceType === this.name) return [typed];
    const places = this.#placesIn(type);
    if (places.length === 0) return asMedplum(typed, this.name);
    const place = places.find(({ property, beside }) => value[property] !== undefined || value[beside] !== undefined);
    if (!place) return [];
    return value[place.beside] === undefined ? typedAs(place.type, value[place.property]) : asMedplum(typed, this.name);
  }

  #placesIn(type: string): readonly Place[] {
    const places = this.#placesByType.get(type) ?? placesOf(type, this.name);
    this.#placesByType.set(type, places);
    return places;
  }
}

/** Where a member may stand: several places where it is a choice of types. */
interface Place {
  readonly property: string;
  /** Where the extensions of a primitive stand. */
  readonly beside: string;
  readonly type: string;
}

/** None where the definition alone does not tell: of what it does not know, and of resources within a resource. */
function placesOf(type: string, name: string): Place[] {
  const element = getElementDefinition(type, name);
  if (!element || element.type.some(({ code }) => code === 'Resource')) return [];
  const last = element.path.slice(element.path.lastIndexOf('.') + 1);
  return element.type.map(({ code }) => {
    const property = last.endsWith('[x]')
      ? `${last.slice(0, -3)}${code.charAt(0).toUpperCase()}${code.slice(1)}`
      : last;
    return { property, beside: `_${property}`, type: code };
  });
}

function typedAs(type: string, found: unknown): readonly TypedValue[] {
  if (isEmpty(found)) return [];
  return Array.isArray(found) ? found.map((value) => ({ type, value })) : [{ type, value: found }];
}

/** Its own step: it puts what stands beside a primitive into the value, and guesses what it has no definition of. */
function asMedplum(typed: TypedValue, name: string): TypedValue[] {
  return [getTypedPropertyValue(typed, name) ?? []].flat().filter(({ value }) => value !== undefined);
}
