import { syntaxError } from './literals.js';

/** A piece of a template: text, or an action's tokens. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[] };

export interface Token {
  readonly kind: 'field' | 'variable' | 'word' | 'string' | 'character' | 'number' | 'symbol';
  readonly text: string;
  /** Whether a space comes before it: `.A .B` are two things, `(x).B` is one. */
  readonly spaced: boolean;
}

const TOKEN =
  /(?<space>\s*)(?:(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<character>'(?:[^'\\\n]|\\.)+')|(?<number>[+-]?\.?\d(?:[eEpP][+-](?=\d)|[\w.])*)|(?<variable>\$[\p{L}\p{N}_]*)|(?<field>\.[\p{L}_][\p{L}\p{N}_]*)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<symbol>:=|[.|(),=]))/uy;
const COMMENT = /^(?:-\s+)?\/\*/;

/**
 * Splits a template at its actions. `{{-` and `-}}` take the space beside them away, comments are dropped.
 * @throws GantryError `invalid`
 */
export function pieces(template: string): Piece[] {
  const found: Piece[] = [];
  let rest = template;
  for (;;) {
    const start = rest.indexOf('{{');
    if (start < 0) return rest === '' ? found : [...found, { kind: 'text', text: rest }];
    const end = endOfAction(rest, start + 2);
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
    if (!COMMENT.test(action.trimStart())) found.push({ kind: 'action', tokens: tokensOf(action) });
  }
}

/** Braces within strings and comments are text. */
function endOfAction(template: string, from: number): number {
  if (COMMENT.test(template.slice(from, from + 100))) {
    const end = /\*\/(?:\s+-)?\}\}/g;
    end.lastIndex = from;
    const found = end.exec(template);
    if (!found) throw syntaxError('unclosed comment');
    return found.index + found[0].length - 2;
  }
  let at = from;
  while (at < template.length && !template.startsWith('}}', at)) at = endOfLiteral(template, at);
  if (at >= template.length) throw syntaxError('unclosed action');
  return at;
}

/** The place after the string or character that begins here; after one character where none does. */
function endOfLiteral(template: string, from: number): number {
  const quote = template.charAt(from);
  if (!['"', "'", '`'].includes(quote)) return from + 1;
  let at = from + 1;
  while (at < template.length && template[at] !== quote) {
    if (template[at] === '\n' && quote !== '`') break;
    at += template[at] === '\\' && quote !== '`' ? 2 : 1;
  }
  if (template[at] === quote) return at + 1;
  throw syntaxError(
    `unterminated ${quote === '`' ? 'raw quoted string' : quote === '"' ? 'quoted string' : 'character constant'}`,
  );
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
    tokens.push({ kind: kind as Token['kind'], text: value, spaced: tokens.length === 0 || space !== '' });
  }
  return tokens;
}
