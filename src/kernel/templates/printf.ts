import { goQuoted } from '../text/index.js';
import { failure, type TemplateBudget } from './budget.js';
import { TemplateMap } from './go-values.js';
import { formatFloat, formatInteger, type Verb } from './number-verbs.js';
import { kindOf, membersOf, type Show } from './values.js';

/** `%`, flags, width, precision, an argument's number in front of each, verb. */
const VERB = /%([-+# 0]*)(\[\d+\])?(\*|\d+)?(?:(\.)(\[\d+\])?(\*|\d+)?)?(\[\d+\])?(.?)/gsu;

/** As Go's Sprintf, with all verbs and flags; what a verb cannot show, and too few or many values, stand in the text. */
export function formatted(format: string, values: readonly unknown[], show: Show, budget: TemplateBudget): string {
  const operands = new Operands(values);
  const text = format.replace(VERB, (_, flags, at, width, dot, precisionAt, precision, verbAt, letter) => {
    budget.spend();
    if (letter === '%') return '%';
    operands.goTo(at);
    const wide = width === '*' ? operands.size() : Number(width ?? 0);
    operands.goTo(precisionAt);
    const exact = dot === undefined ? undefined : precision === '*' ? operands.size() : Number(precision ?? 0);
    operands.goTo(verbAt);
    if (letter === '') return '%!(NOVERB)';
    if (operands.isBad) return `%!${letter}(BADINDEX)`;
    if (!operands.hasNext) return `%!${letter}(MISSING)`;
    const verb: Verb = {
      ...{ letter, left: flags.includes('-') || wide < 0, plus: flags.includes('+'), sharp: flags.includes('#') },
      ...{ space: flags.includes(' '), zero: flags.includes('0') && !flags.includes('-'), width: Math.abs(wide) },
      precision: exact !== undefined && exact < 0 ? undefined : exact,
    };
    budget.make(bounded(verb.width) + bounded(verb.precision ?? 0));
    const piece = formattedValue(operands.next(), verb, show, budget);
    budget.make(piece.length);
    return piece;
  });
  return text + operands.unused(show);
}

function bounded(size: number): number {
  if (!Number.isSafeInteger(size)) throw failure(`${size} is no width`);
  return size;
}

/** The values that verbs take, one after the other or by number. */
class Operands {
  #at = 0;
  #isReordered = false;
  isBad = false;

  constructor(private readonly values: readonly unknown[]) {}

  get hasNext(): boolean {
    return this.#at < this.values.length;
  }

  next(): unknown {
    return this.values[this.#at++];
  }

  goTo(place: string | undefined): void {
    if (place === undefined) return;
    this.#at = Number(place.slice(1, -1)) - 1;
    this.#isReordered = true;
    this.isBad = this.#at < 0 || this.#at >= this.values.length;
  }

  /** A width or a precision that is given as a value. */
  size(): number {
    const value = this.next();
    return typeof value === 'number' && Number.isInteger(value) ? value : 0;
  }

  unused(show: Show): string {
    if (this.#isReordered || !this.hasNext) return '';
    const extra = this.values
      .slice(this.#at)
      .map((value) => (kindOf(value) === 'nil' ? '<nil>' : `${typeOf(value)}=${show(value)}`));
    return `%!(EXTRA ${extra.join(', ')})`;
  }
}

function formattedValue(value: unknown, verb: Verb, show: Show, budget: TemplateBudget): string {
  if (verb.letter === 'T') return padded(typeOf(value), verb);
  const kind = kindOf(value);
  if (kind === 'nil') return padded(verb.letter === 'v' ? '<nil>' : `%!${verb.letter}(<nil>)`, verb);
  if (value instanceof Date) return formattedValue(show(value), verb, show, budget);
  if (kind === 'list' || kind === 'map' || kind === 'struct') {
    budget.look(value);
    const each = (one: unknown): string => formattedValue(one, verb, show, budget);
    if (kind === 'list') return `[${(value as readonly unknown[]).map(each).join(' ')}]`;
    const members = membersOf(value as object);
    if (kind === 'map') return `map[${members.map(([key, one]) => `${each(key)}:${each(one)}`).join(' ')}]`;
    const isNamed = verb.letter === 'v' && (verb.plus || verb.sharp);
    return `{${members.map(([name, one]) => (isNamed ? `${name}:${each(one)}` : each(one))).join(' ')}}`;
  }
  return padded(scalar(value, verb, show), verb);
}

function scalar(value: unknown, verb: Verb, show: Show): string {
  const { letter } = verb;
  if (typeof value === 'boolean' && (letter === 't' || letter === 'v')) return String(value);
  if (typeof value === 'number') {
    const text = Number.isInteger(value)
      ? (formatInteger(value, verb) ?? formatFloat(value, verb))
      : formatFloat(value, verb);
    if (text !== undefined) return text;
  }
  if (typeof value === 'string') {
    const cut = verb.precision === undefined ? value : Array.from(value).slice(0, verb.precision).join('');
    if (letter === 's' || (letter === 'v' && !verb.sharp)) return cut;
    if (letter === 'q' && verb.sharp && !/[`\p{Cc}]/u.test(cut)) return `\`${cut}\``;
    if (letter === 'q' || letter === 'v') return goQuoted(cut, '"', verb.plus);
    if (letter === 'x' || letter === 'X') return hexadecimal(cut, verb);
  }
  return `%!${letter}(${typeOf(value)}=${show(value)})`;
}

function hexadecimal(text: string, { letter, space, sharp }: Verb): string {
  const bytes = Buffer.from(text).toString('hex');
  const pairs = space ? bytes.replace(/..(?=.)/g, sharp ? '$& 0x' : '$& ') : bytes;
  const digits = sharp && bytes !== '' ? `0x${pairs}` : pairs;
  return letter === 'X' ? digits.toUpperCase() : digits;
}

/** To the width; zeros stand between the sign and the digits. */
function padded(text: string, { left, zero, width }: Verb): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (left) return text + ' '.repeat(missing);
  const isNumber = /^[+ -]?(?:0[xXbo])?[\da-fA-F]/.test(text);
  if (!zero || !isNumber) return ' '.repeat(missing) + text;
  return text.replace(/^[+ -]?(?:0[xXbo])?/, (sign) => sign + '0'.repeat(missing));
}

function typeOf(value: unknown): string {
  const kind = kindOf(value);
  if (kind === 'nil') return '<nil>';
  if (kind === 'list') return `[]${elementType(value as readonly unknown[])}`;
  if (kind === 'map') return `map[string]${elementType(Object.values(value as TemplateMap))}`;
  return kind;
}

function elementType(values: readonly unknown[]): string {
  const [type = 'string', ...others] = new Set(values.map(typeOf));
  return others.length === 0 ? type : 'interface {}';
}
