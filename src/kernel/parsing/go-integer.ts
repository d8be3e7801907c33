const BASES: readonly (readonly [pattern: RegExp, base: number])[] = [
  [/^0x(?:_?[0-9a-f])+$/i, 16],
  [/^0b(?:_?[01])+$/i, 2],
  [/^0o?(?:_?[0-7])+$/i, 8],
  [/^(?:0|[1-9](?:_?[0-9])*)$/, 10],
];

/**
 * A whole number as Go writes it, which flags of Docker take: `10`, `0x20`, `0b11`, `1_000`, and `010`, which is eight.
 * Undefined for what is none, or cannot be held exactly.
 */
export function goInteger(text: string): number | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  const [, base] = BASES.find(([pattern]) => pattern.test(digits)) ?? [];
  if (base === undefined) return undefined;
  const bare = digits.replace(/^0[xbo]/i, '').replaceAll('_', '');
  const number = Number.parseInt(bare, base);
  if (!Number.isSafeInteger(number)) return undefined;
  return sign === '-' && number !== 0 ? -number : number;
}
