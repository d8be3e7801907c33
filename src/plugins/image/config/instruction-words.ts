import { GantryError } from '../../../kernel/index.js';

/**
 * Splits the text of an instruction at spaces. Quotes hold a word together and are taken off; a backslash takes the next
 * character as it is, but for single quotes, inside of which all characters stand for themselves.
 */
export function splitWords(text: string): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === '\\' && quote !== "'" && index + 1 < text.length) {
      const next = text[++index] ?? '';
      word = (word ?? '') + (quote === '"' && !'"\\$'.includes(next) ? `\\${next}` : next);
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') throw new GantryError('invalid', `unexpected end of statement while looking for matching ${quote}`);
  return word === undefined ? found : [...found, word];
}
