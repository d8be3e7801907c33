import { plain } from '../text/index.js';
import type { HelpPage, Row, Section } from './help-page.js';

/** A page of help as a manual page, section 1, in the roff that man(7) describes. */
export function manPage(page: HelpPage): string {
  const name = page.command.replaceAll(' ', '-');
  return [
    `.TH ${quoted(name.toUpperCase())} 1 "" Gantry`,
    // Names of commands are not hyphenated, nor stretched.
    '.nh',
    '.ad l',
    '.SH NAME',
    `${roff(name)} \\- ${roff(page.summary)}`,
    '.SH SYNOPSIS',
    `${bold(page.command)} ${roff(page.usage)}`.trimEnd(),
    '.SH DESCRIPTION',
    `${line(page.summary)}.`,
    ...(page.aliases.length > 0 ? ['.PP', `Its names: ${page.aliases.map(bold).join(', ')}.`] : []),
    ...page.commands.flatMap((section) => tagged(section, bold)),
    ...tagged(page.options, flags),
    ...tagged({ heading: 'Examples', rows: page.examples }, bold),
    ...tagged({ heading: 'Exit Status', rows: page.exitCodes }, bold),
    '.SH SEE ALSO',
    relatives(page).map(reference).join(',\n'),
    '',
  ].join('\n');
}

/** A command leads to what it belongs to, and that to its commands. */
function relatives({ command, commands }: HelpPage): string[] {
  const words = command.split(' ');
  const above = words.slice(1).map((_, index) => words.slice(0, index + 1).join('-'));
  return [...above, ...commands.flatMap(({ rows }) => rows.map(([name]) => [...words, ...name.split(' ')].join('-')))];
}

function reference(name: string): string {
  return `${bold(name)}(1)`;
}

function tagged({ heading, rows }: Section, tag: (text: string) => string): string[] {
  if (rows.length === 0) return [];
  return [
    `.SH ${quoted(heading.toUpperCase())}`,
    ...rows.flatMap(([left, right]: Row) => ['.TP', tag(left), line(right)]),
  ];
}

/** `-e, --env list`: the flags bold, the word for the value in italics. */
function flags(left: string): string {
  const [, names = '', value = ''] = /^((?:-\S+, )*-\S+) ?(.*)$/.exec(left.trim()) ?? [];
  return `${names.split(', ').map(bold).join(', ')} ${value && `\\fI${roff(value)}\\fR`}`.trimEnd();
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

function quoted(text: string): string {
  return `"${roff(text)}"`;
}

/** Text that begins a line: a dot, an apostrophe or a blank there would be roff's own. */
function line(text: string): string {
  return `\\&${roff(text)}`;
}

/** Escapes characters that roff takes for an instruction, or replaces for good typography. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  '-': '\\-',
  '"': '\\(dq',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

function roff(text: string): string {
  return plain(text).replace(/[\\\-"'`^~]|[^\0-\x7f]/gu, (character) => ESCAPES[character] ?? unicode(character));
}

function unicode(character: string): string {
  return `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
}
