import type { OptionMetadata, OptionType } from '../contracts/index.js';

const VALUE_WORDS: Readonly<Record<OptionType, string>> = {
  boolean: '',
  string: 'string',
  integer: 'int',
  list: 'list',
};

/** The two columns of `Options:`, sorted as Docker does: by the long name, else by the letter. */
export function optionRows(options: readonly OptionMetadata[]): (readonly [left: string, right: string])[] {
  return options
    .filter((option) => !option.hidden)
    .map((option) => ({ key: sortKey(option), row: [leftOf(option), rightOf(option)] as const }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row);
}

function namesOf(option: OptionMetadata): string[] {
  return option.flags.split(',').map((name) => name.trim());
}

function sortKey(option: OptionMetadata): string {
  const names = namesOf(option);
  return (names.find((name) => name.startsWith('--')) ?? names[0] ?? '').replace(/^-+/, '');
}

function leftOf(option: OptionMetadata): string {
  const names = namesOf(option);
  const hasShort = names.some((name) => !name.startsWith('--'));
  const shown = `${hasShort ? '' : '    '}${names.join(', ')}`;
  return `${shown} ${option.value ?? VALUE_WORDS[option.type]}`.trimEnd();
}

function rightOf({ description, shownDefault, type }: OptionMetadata): string {
  if (shownDefault === undefined) return description;
  return `${description} (default ${type === 'string' ? JSON.stringify(shownDefault) : shownDefault})`;
}
