import { GantryError } from '../contracts/index.js';

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
};
const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.?))/gsu;
const LAST_CODE_POINT = 0x10ffff;

/** The text of a string or a character of Go. @throws GantryError `invalid` for an escape that Go does not know */
export function unquoted(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  return literal.slice(1, -1).replace(ESCAPE, (sequence, named, byte, short, long, octal) => {
    if (named !== undefined) return ESCAPES[named] ?? '';
    const digits = byte ?? short ?? long;
    const code = digits === undefined ? Number.parseInt(octal, 8) : Number.parseInt(digits, 16);
    if (!(code <= LAST_CODE_POINT)) throw syntaxError(`unknown escape sequence ${sequence} in ${literal}`);
    return String.fromCodePoint(code);
  });
}

/** The code point of a character: `'a'` is 97. @throws GantryError `invalid` for none, or several */
export function characterCode(literal: string): number {
  const characters = Array.from(unquoted(literal));
  if (characters.length !== 1) throw syntaxError(`malformed character constant: ${literal}`);
  return characters[0]?.codePointAt(0) ?? 0;
}

const INTEGER = /^[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]*|[1-9][\d_]*)$/;
const FLOAT = /^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A number as Go writes it: `-3`, `0x1f`, `1_000`, `.5`, `1e3`. @throws GantryError `invalid` for what is none */
export function numberOf(literal: string): number {
  if (!INTEGER.test(literal) && !FLOAT.test(literal))
    throw syntaxError(`bad number syntax: ${JSON.stringify(literal)}`);
  const digits = literal.replaceAll('_', '').replace(/^[+-]/, '');
  const isOldOctal = /^0[0-7]+$/.test(digits);
  const size = Number(isOldOctal ? `0o${digits.slice(1)}` : digits);
  return literal.startsWith('-') ? -size : size;
}

export function syntaxError(message: string): GantryError {
  return new GantryError('invalid', `template parsing error: ${message}`);
}
