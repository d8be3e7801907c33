const HTML: Readonly<Record<string, string>> = {
  ...{ '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\ufffd' },
};
const JS: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '"': '\\"' };

/** As Go's `html`. */
export function htmlEscaped(text: string): string {
  return text.replace(/["'&<>\0]/g, (character) => HTML[character] ?? '');
}

/** As Go's `js`: for a string in JavaScript. */
export function jsEscaped(text: string): string {
  return text.replace(/[\\'"<>&=]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    return JS[character] ?? `\\u${hexadecimal(character, 4).toUpperCase()}`;
  });
}

/** As Go's `urlquery`: a space is a plus sign. */
export function urlEscaped(text: string): string {
  const escaped = encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${hexadecimal(character, 2).toUpperCase()}`,
  );
  return escaped.replaceAll('%20', '+');
}

function hexadecimal(character: string, digits: number): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0');
}
