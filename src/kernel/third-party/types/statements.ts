/** A statement at the top of a `.d.ts` file, as the compiler writes it, with the comments before it. */
export type Statement =
  | { readonly kind: 'declaration'; readonly name: string; readonly text: string }
  /** `import { a as b } from 'x'`; `export { a as b } from 'x'` exports `b`, which is `a` in `x`. */
  | {
      readonly kind: 'import' | 'export';
      readonly from: string | undefined;
      readonly names: readonly { readonly name: string; readonly as: string }[];
    };

/** Splits what `tsc --declaration` wrote. No general parser: it knows what that compiler emits. */
export function statementsOf(code: string): readonly Statement[] {
  const inline: Statement[] = [];
  const named = code.replace(INLINE, (_, from: string, name: string) => {
    inline.push({ kind: 'import', from, names: [{ name, as: name }] });
    return name;
  });
  return [...inline, ...piecesOf(named).flatMap((text) => parsed(text) ?? [])];
}

/** `import("./token.js").Token`: how the compiler names a type that the file does not import. */
const INLINE = /import\(["']([^"']+)["'](?:, \{[^)]*\})?\)\.(\w+)/g;

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/y;
const STRING = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/y;
const BLOCK = /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:interface|class|enum|namespace|module)\b/;

/** A statement ends with its semicolon, or with its closing brace where it is a block. */
function piecesOf(code: string): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  let depth = 0;
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(code)) return false;
    at = pattern.lastIndex;
    return true;
  };
  while (at < code.length) {
    if (skip(COMMENT) || skip(STRING)) continue;
    const char = code[at++] ?? '';
    if ('([{'.includes(char)) depth++;
    if (')]}'.includes(char)) depth--;
    const text = code.slice(start, at).trim();
    const isEnd = depth === 0 && (char === ';' || (char === '}' && BLOCK.test(withoutComments(text))));
    if (!isEnd) continue;
    pieces.push(text);
    start = at;
  }
  return pieces;
}

function withoutComments(text: string): string {
  return text.replace(/^(?:\s*\/\*[\s\S]*?\*\/|\s*\/\/[^\n]*)+\s*/, '');
}

const DECLARED =
  /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:interface|class|type|const|let|var|function|enum|namespace) (\w+)/;
const NAMED = /^(import|export)(?: type)? \{([\s\S]*)\}(?: from ['"]([^'"]+)['"])?/;

function parsed(text: string): Statement | undefined {
  const code = withoutComments(text);
  const [, kind, list = '', from] = NAMED.exec(code) ?? [];
  if (kind === 'import' || kind === 'export') return { kind, from, names: namesOf(list) };
  const [, name] = DECLARED.exec(code) ?? [];
  return name === undefined ? undefined : { kind: 'declaration', name, text };
}

function namesOf(list: string): { name: string; as: string }[] {
  return list
    .split(',')
    .map((entry) => entry.trim().replace(/^type /, ''))
    .filter(Boolean)
    .map((entry) => {
      const [name = '', as = name] = entry.split(' as ');
      return { name, as };
    });
}
