/** What differs from run to run, and from engine to engine, without being a difference: ids, times, addresses, folders. */
const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/\b(?:sha256:)?[0-9a-f]{64}\b/g, '<id>'],
  [/\b[0-9a-f]{12}\b/g, '<id>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4} [A-Z]+/g, '<time>'],
  [/\b(?:Less than a second|About an? (?:minute|hour)|\d+ (?:second|minute|hour)s?)(?= ago|\b)/g, '<span>'],
  [/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, '<mac>'],
  [/\b(?:172|10|192)\.\d+\.\d+\.\d+\b/g, '<address>'],
  [/\b(?:fd|fe80)[0-9a-f:]*:[0-9a-f:]+/g, '<address>'],
  [/\b[a-z]+_[a-z]+\b(?=$|\s)/gm, '<name>'],
  [/\b(?:3[2-9]|[4-6]\d)\d{3}(?=->|\b)/g, '<port>'],
  [/\S*\/volumes\/[^/\s]+\/_data/g, '<volume>'],
  [/\S*\/containers\/<id>\//g, '<container>/'],
];

/** Docker names who says it; what Gantry adds, a hint, stands behind in parentheses. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:docker: |Error response from daemon: |Error: )+/, ''],
  [/\n*See '(?:docker|.*) --help'\.?\n*/g, '\n'],
  [/\n+(?:Usage|Run|See): *.*$/s, ''],
  [/ \([^()]*(?:\([^()]*\)[^()]*)*\)$/, ''],
  [/\.$/, ''],
];

/** @param folder where the engine keeps its state */
export function normalised(text: string, folder: string): string {
  const there = text.replaceAll(folder, '<root>');
  const replaced = REPLACED.reduce((from, [pattern, by]) => from.replace(pattern, by), there);
  const lines = replaced.split('\n').map((line) => line.replace(/\s+/g, ' ').trim());
  return lines.join('\n').trim();
}

/** The first line of what is written to stderr, without who says it and what is added. */
export function normalisedWords(text: string, folder: string): string {
  const [first = ''] = WORDS.reduce((from, [pattern, by]) => from.replace(pattern, by), text.trim())
    .trim()
    .split('\n');
  return WORDS.reduce((from, [pattern, by]) => from.replace(pattern, by), normalised(first, folder));
}
