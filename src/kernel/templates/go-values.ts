/**
 * A map of Go's, as Docker's API has it for labels: a template may ask for any key, while a field that an object does not have
 * is an error. Its keys are in order, as Go prints them.
 */
export class TemplateMap {
  readonly #missing: unknown;

  /** @param missing what `index` finds for a key that is not there: Go's zero value of the elements */
  constructor(entries: Readonly<Record<string, unknown>>, missing: unknown = '') {
    this.#missing = missing;
    for (const key of Object.keys(entries).sort()) {
      Object.defineProperty(this, key, { value: entries[key], enumerable: true });
    }
  }

  static missingOf(map: TemplateMap): unknown {
    return map.#missing;
  }
}

/** A list that is not there: `null` in JSON, `[]` in a template. */
export const NIL_LIST: readonly never[] = Object.freeze(
  Object.defineProperty([] as never[], 'toJSON', { value: () => null }),
);

/** A map that is not there: `null` in JSON, `map[]` in a template. */
export const NIL_MAP: TemplateMap = Object.defineProperty(new TemplateMap({}), 'toJSON', { value: () => null });

/** Leaves fields out of JSON where they are empty, as Go's `omitempty`. Templates find them. */
export function omitEmpty<T extends object>(object: T, ...names: readonly (keyof T)[]): T {
  for (const name of names) if (isEmpty(object[name])) Object.defineProperty(object, name, { enumerable: false });
  return object;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof TemplateMap) return Object.keys(value).length === 0;
  return !value;
}

/**
 * Adds second names: those that fields have in Go, where JSON has others (`ID` for `Id`). They are there for templates alone.
 * @param names the names in JSON, by those in Go
 */
export function withGoNames<T extends object>(object: T, names: Readonly<Record<string, keyof T & string>>): T {
  for (const [name, field] of Object.entries(names)) Object.defineProperty(object, name, { get: () => object[field] });
  return object;
}
