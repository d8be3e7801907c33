import fc, { type Arbitrary } from 'fast-check';

const TEXTS = ['', '__proto__', 'constructor', '\0', '\n', '\u001b[31m', '\ud800', '..', '/', 'x'.repeat(300)];
const NUMBERS = [-1, 0.5, 2 ** 31, 2 ** 53, 1e308, Number.NaN, Number.POSITIVE_INFINITY];

/** What nobody expects in a place. */
export const odd: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, [], {}, ...TEXTS, ...NUMBERS),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A value of the right kind, nearly always. */
export function mostly<T>(right: Arbitrary<T>): Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: right as Arbitrary<unknown> }, { weight: 1, arbitrary: odd });
}

/** An object with these members, each of them at times missing, and nearly always of the right kind. */
export function object(members: Readonly<Record<string, Arbitrary<unknown>>>): Arbitrary<unknown> {
  const named = Object.entries(members).map(([name, member]) => [name, mostly(member)] as const);
  return fc.record(Object.fromEntries(named), { requiredKeys: [] });
}

/** As `object`, with all its members. */
export function wholeObject(members: Readonly<Record<string, Arbitrary<unknown>>>): Arbitrary<unknown> {
  const named = Object.entries(members).map(([name, member]) => [name, mostly(member)] as const);
  return fc.record(Object.fromEntries(named));
}

export function list(member: Arbitrary<unknown>, maxLength = 4): Arbitrary<unknown[]> {
  return fc.array(mostly(member), { maxLength });
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value) ?? 'null');
}
