import { usageLine } from '../parsing/index.js';
import { twoColumns, wrap } from '../text/index.js';
import type { HelpPage, Section } from './help-page.js';

const NAMES = { gap: 1, minLeft: 11 };

/** A page of help for a terminal. */
export function helpText(page: HelpPage, width: number): string {
  return paragraphs([
    usageLine(page.command, page.usage),
    wrap(page.summary, width).join('\n'),
    ...(page.aliases.length > 0 ? [aliases(page.aliases, width)] : []),
    ...sections([{ heading: 'Examples', rows: page.examples }], width, { gap: 3 }),
    ...sections(page.commands, width, NAMES),
    ...sections([page.options], width, { gap: 3 }),
    ...(page.commands.length > 0 ? [moreInformation(page.command, width)] : []),
  ]);
}

function aliases(names: readonly string[], width: number): string {
  return ['Aliases:', ...wrap(names.join(', '), width - 2).map((line) => `  ${line}`)].join('\n');
}

function sections(some: readonly Section[], width: number, layout: { readonly gap: number }): string[] {
  return some
    .filter(({ rows }) => rows.length > 0)
    .map(({ heading, rows }) => `${heading}:\n${twoColumns(rows, { ...layout, width })}`);
}

function moreInformation(command: string, width: number): string {
  return wrap(`Run '${command} COMMAND --help' for more information on a command.`, width).join('\n');
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`;
}
