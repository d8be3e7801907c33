const NAMED: Readonly<Record<string, string>> = {
  ...{ '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' },
  ...{ '\\': '\\\\' },
};
const INVISIBLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/**
 * A literal of Go, as `%q` writes it.
 * @param quote `"` for a string, `'` for a character
 * @param ascii what is not ASCII is escaped
 */
export function goQuoted(text: string, quote: '"' | "'" = '"', ascii = false): string {
  const inner = Array.from(text, (character) => {
    if (character === quote) return `\\${quote}`;
    if (Object.hasOwn(NAMED, character)) return NAMED[character];
    const code = character.codePointAt(0) ?? 0;
    if (!INVISIBLE.test(character) && !(ascii && code > 0x7e)) return character;
    if (code < 0x80) return `\\x${hexadecimal(character, 2)}`;
    return code > 0xffff ? `\\U${hexadecimal(character, 8)}` : `\\u${hexadecimal(character, 4)}`;
  });
  return `${quote}${inner.join('')}${quote}`;
}

function hexadecimal(character: string, digits: number): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0');
}

/** As Go prints a time: `2026-12-01 09:30:00.5 +0000 UTC`. */
export function goTime(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split(/[TZ]/);
  return `${day} ${time.replace(/\.?0+$/, '')} +0000 UTC`;
}
