import { GantryError } from '../contracts/index.js';

/** The kinds of arguments of open services. A string holds no NUL; a number is a whole one, and exact. */
export type ArgumentKind = 'string' | 'boolean' | 'number' | 'strings' | 'strings by name';

const KINDS: Readonly<Record<ArgumentKind, { readonly words: string; readonly test: (value: unknown) => boolean }>> = {
  string: { words: 'a string', test: isText },
  boolean: { words: 'true or false', test: (value) => typeof value === 'boolean' },
  number: { words: 'a whole number', test: (value) => Number.isSafeInteger(value) },
  strings: { words: 'a list of strings', test: (value) => Array.isArray(value) && value.every(isText) },
  'strings by name': {
    words: 'an object of strings',
    test: (value) => isObject(value) && Object.entries(value).flat().every(isText),
  },
};

/** Third parties call open services, types or not. @throws GantryError `invalid`, naming the argument */
export function checkArgument(name: string, value: unknown, kind: ArgumentKind): void {
  if (!KINDS[kind].test(value)) throw new GantryError('invalid', `'${name}' must be ${KINDS[kind].words}`);
}

/**
 * An object of options, each of which may be left out.
 * @param name the argument's: `options`
 * @throws GantryError `invalid`, naming what is wrong: `options.tail`
 */
export function checkOptions(name: string, value: unknown, kinds: Readonly<Record<string, ArgumentKind>>): void {
  if (!isObject(value)) throw new GantryError('invalid', `'${name}' must be an object`);
  for (const [option, given] of Object.entries(value)) {
    const kind = Object.hasOwn(kinds, option) ? kinds[option] : undefined;
    if (!kind) {
      const hint = `Known are ${Object.keys(kinds).join(', ')}`;
      throw new GantryError('invalid', `there is no '${name}.${option}'`, { hint });
    }
    if (given !== undefined) checkArgument(`${name}.${option}`, given, kind);
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
