import { goQuoted } from '../text/index.js';

/** A verb of `printf`, with its flags. */
export interface Verb {
  readonly letter: string;
  /** `-`, `+`, `#`, a space, `0`. */
  readonly left: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly precision: number | undefined;
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const PREFIXES: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };
/** Most digits that the language makes. */
const MOST_DIGITS = 100;

/** Undefined for a verb of others. */
export function formatInteger(value: number, verb: Verb): string | undefined {
  const { letter, sharp, precision } = verb;
  if (letter === 'c') return character(value);
  if (letter === 'q') return goQuoted(character(value), "'", verb.plus);
  if (letter === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
  const base = BASES[letter];
  if (base === undefined) return undefined;
  const digits = Math.abs(value)
    .toString(base)
    .padStart(precision ?? 0, '0');
  const prefix = letter === 'O' ? '0o' : sharp ? (PREFIXES[letter] ?? '') : '';
  return signOf(value, verb) + prefix + (letter === 'X' ? digits.toUpperCase() : digits);
}

/** Undefined for a verb of others. */
export function formatFloat(value: number, verb: Verb): string | undefined {
  const size = Math.abs(value);
  const precision = Math.min(verb.precision ?? 6, MOST_DIGITS);
  const sign = signOf(value, verb);
  switch (verb.letter) {
    case 'f':
    case 'F':
      return sign + fixed(size, precision);
    case 'e':
    case 'E': {
      const text = withExponent(size.toExponential(precision));
      return sign + (verb.letter === 'E' ? text.toUpperCase() : text);
    }
    case 'v':
    case 'g':
    case 'G': {
      const text = general(size, verb.precision, verb.letter === 'v' ? 21 : undefined);
      return sign + (verb.letter === 'G' ? text.toUpperCase() : text);
    }
    default:
      return undefined;
  }
}

/** A tie goes to the even digit, as in Go; JavaScript takes the larger one. */
function fixed(size: number, precision: number): string {
  const scaled = size * 10 ** precision;
  const isTie = scaled % 1 === 0.5 && Number.isInteger(size * 2 ** (precision + 1));
  if (!isTie || Math.floor(scaled) % 2 !== 0) return size.toFixed(precision);
  return (Math.floor(scaled) / 10 ** precision).toFixed(precision);
}

/** The shortest digits, or so many; an exponent where it is small, or as large as there are digits. */
function general(size: number, precision: number | undefined, largest = precision ?? 21): string {
  const digits =
    precision === undefined
      ? size.toExponential()
      : size.toExponential(Math.max(0, Math.min(precision, MOST_DIGITS) - 1));
  const exponent = Number(digits.split('e')[1]);
  if (size !== 0 && (exponent < -4 || exponent >= Math.max(largest, 1)))
    return withExponent(digits.replace(/\.?0+e/, 'e'));
  return String(Number(digits));
}

function withExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** The plus of `%+v` is for the names of fields. */
function signOf(value: number, { letter, plus, space }: Verb): string {
  if (value < 0) return '-';
  return plus && letter !== 'v' ? '+' : space ? ' ' : '';
}

function character(code: number): string {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
