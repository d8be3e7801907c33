import { GantryError } from '../contracts/index.js';

/** A piece of a template: text, or an action's tokens. */
type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[] };

export interface Token {
  readonly kind: 'field' | 'variable' | 'word' | 'string' | 'number' | 'symbol';
  /** Of a string: its value. */
  readonly text: string;
  /** Whether a space comes before it: `.A .B` are two things, `(x).B` is one. */
  readonly spaced: boolean;
}

const TOKEN =
  /(?<space>\s*)(?:(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<number>-?\d+(?:\.\d+)?)(?![\w])|(?<variable>\$\w*)|(?<field>\.[\p{L}_][\p{L}\p{N}_]*)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<symbol>:=|[.|(),=]))/uy;

/** Splits a template at its actions. `{{-` and `-}}` eat the space beside them, comments are dropped. @throws GantryError `invalid` */
export function pieces(template: string): Piece[] {
  const found: Piece[] = [];
  let rest = template;
  for (;;) {
    const start = rest.indexOf('{{');
    if (start < 0) return rest === '' ? found : [...found, { kind: 'text', text: rest }];
    const end = endOfAction(rest, start + 2);
    if (end < 0) throw syntaxError('unclosed action');
    let text = rest.slice(0, start);
    let action = rest.slice(start + 2, end);
    rest = rest.slice(end + 2);
    if (/^-\s/.test(action)) {
      text = text.trimEnd();
      action = action.slice(1);
    }
    if (/\s-$/.test(action)) {
      rest = rest.trimStart();
      action = action.slice(0, -1);
    }
    if (text !== '') found.push({ kind: 'text', text });
    if (!/^\s*\/\*.*\*\/\s*$/s.test(action)) found.push({ kind: 'action', tokens: tokensOf(action) });
  }
}

/** Braces within strings are text. */
function endOfAction(template: string, from: number): number {
  const parts = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\}\}/g;
  parts.lastIndex = from;
  for (let part = parts.exec(template); part; part = parts.exec(template)) if (part[0] === '}}') return part.index;
  return -1;
}

function tokensOf(action: string): Token[] {
  const tokens: Token[] = [];
  const text = action.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) throw syntaxError(`unexpected ${JSON.stringify(text.slice(at).trim().slice(0, 1))} in {{${text}}}`);
    const { space, ...kinds } = groups;
    const [kind, value = ''] = Object.entries(kinds).find(([, each]) => each !== undefined) ?? [];
    const plainText = kind === 'string' ? unquoted(value) : value;
    tokens.push({ kind: kind as Token['kind'], text: plainText, spaced: tokens.length === 0 || space !== '' });
  }
  return tokens;
}

function unquoted(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw syntaxError(`a string that cannot be read: ${literal}`);
  }
}

export function syntaxError(message: string): GantryError {
  return new GantryError('invalid', `template parsing error: ${message}`);
}
