import { plain } from '../text/index.js';
import type { HelpPage, Row, Section } from './help-page.js';

/** Pages of help as one document: the first is its title, the others are parts of it. */
export function markdown(pages: readonly HelpPage[]): string {
  return pages.map((page, index) => part(page, index === 0 ? '#' : '##')).join('\n');
}

function part(page: HelpPage, mark: string): string {
  return paragraphs([
    `${mark} ${escaped(page.command)}`,
    escaped(page.summary),
    block([`${page.command} ${page.usage}`.trimEnd()]),
    ...(page.aliases.length > 0 ? [`Names: ${page.aliases.map(code).join(', ')}`] : []),
    ...page.commands.flatMap((section) => table(section, mark)),
    ...table(page.options, mark),
    ...(page.examples.length > 0 ? [`${mark}# Examples`, ...page.examples.flatMap(example)] : []),
    ...table({ heading: 'Exit Status', rows: page.exitCodes }, mark),
  ]);
}

function table({ heading, rows }: Section, mark: string): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map(([left, right]) => `| ${code(left.trim()).replaceAll('|', '\\|')} | ${escaped(right)} |`);
  return [`${mark}# ${heading}`, ['|     |     |', '| --- | --- |', ...lines].join('\n')];
}

function example([commandLine, what]: Row): string[] {
  return [`${escaped(what)}:`, block([commandLine])];
}

/** Fences and code spans are longer than any row of backticks in them. */
function block(lines: readonly string[]): string {
  const text = lines.map(plain).join('\n');
  const fence = '`'.repeat(Math.max(3, longestBackticks(text) + 1));
  return `${fence}\n${text}\n${fence}`;
}

function code(text: string): string {
  const shown = plain(text);
  const longest = longestBackticks(shown);
  return longest === 0 ? `\`${shown}\`` : `${'`'.repeat(longest + 1)} ${shown} ${'`'.repeat(longest + 1)}`;
}

function longestBackticks(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((row) => row.length));
}

function escaped(text: string): string {
  return plain(text).replace(/[\\`*_{}[\]<>()#+.!|&~-]/g, punctuation);
}

/** Only what would mean something: prose keeps its dots and brackets. */
function punctuation(character: string, at: number, text: string): string {
  const startsLine = at === 0 || /^[\d\s]*$/.test(text.slice(0, at));
  return /[\\`*_[\]<>|&~]/.test(character) || startsLine ? `\\${character}` : character;
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}
