/**
 * Text that came from an image, a name or the wire, made safe to print: control characters, among them the escape that
 * starts a terminal's commands, and the marks that reverse the direction of writing, become visible escapes.
 */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, visible);
}

/** JSON that is safe to print: what `plain` would replace is escaped, so that its value stays what it is. */
export function printableJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent) ?? 'null';
  return text.replace(/[\x7f-\x9f\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** As `plain`, for text that has lines and columns of its own: these stay. */
export function plainLines(text: string): string {
  return text.replace(/[^\n\t]+/g, plain);
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function visible(character: string): string {
  const named = NAMED[character];
  if (named) return named;
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** How many characters (code points) a text has: its width in a table. */
export function widthOf(text: string): number {
  return Array.from(text).length;
}

/** At most `max` characters, the last one an ellipsis where something was cut. */
export function truncate(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max ? text : `${characters.slice(0, Math.max(0, max - 1)).join('')}…`;
}
