/** Makes docs/plugin-api.md from dist/gantry.d.ts:  npm run docs */
import { readFileSync, writeFileSync } from 'node:fs';
import { statementsOf } from '../../src/kernel/third-party/types/statements.js';

interface Section {
  readonly title: string;
  readonly names: readonly string[];
}

/** What belongs together. A name that is nowhere in it stands under the last. */
const SECTIONS: readonly Section[] = [
  { title: 'Declaring a plugin', names: ['plugin', 'Plugin'] },
  {
    title: 'Commands',
    names: ['Command', 'CommandMetadata', 'CommandHandler', 'CommandContext', 'Option', 'OptionMetadata', 'Effect'],
  },
  { title: 'The caller', names: ['Client', 'ClientTerminal', 'TerminalSize'] },
  { title: 'Around other commands', names: ['Extends', 'CommandExtension', 'ExtendedCall', 'Next', 'Veto'] },
  { title: 'Events, columns, filters', names: ['On', 'PluginEvent', 'Column', 'Filter'] },
  { title: 'Containers', names: ['Containers', 'ContainerSummary', 'CreateOptions'] },
  { title: 'Images', names: ['Images', 'ImageSummary', 'HistoryStep'] },
  { title: 'Services of plugins', names: ['token', 'Token', 'offer', 'OfferedService'] },
  { title: 'Transports', names: ['Transport', 'PluginTransport'] },
  { title: 'Errors', names: ['GantryError', 'ErrorKind', 'ErrorDetail'] },
  { title: 'Text', names: [] },
];

const HEAD = `# The plugin interface

All that a plugin may import. Made from the types by \`npm run docs\`: \`docker plugin types\` prints them, with the services
of the plugins in use. [plugins.md](plugins.md) shows how they are used.
`;

/** @param types the text of dist/gantry.d.ts */
export function apiReference(types: string): string {
  const gantry = exportedIn('gantry', types);
  const sorted = new Set(SECTIONS.flatMap(({ names }) => names));
  const rest = [...gantry.keys()].filter((name) => !sorted.has(name));
  const chapters = SECTIONS.map(({ title, names }) => chapter(title, names.length > 0 ? names : rest, gantry));
  const tests = exportedIn('gantry/test', types);
  return [HEAD, ...chapters, chapter('Tests: `gantry/test`', [...tests.keys()], tests)].join('\n');
}

function exportedIn(module: string, types: string): ReadonlyMap<string, readonly string[]> {
  const [, body = ''] = new RegExp(`^declare module '${module}' \\{\\n(.*?)^\\}$`, 'ms').exec(types) ?? [];
  const found = new Map<string, readonly string[]>();
  for (const statement of statementsOf(body.replace(/^ {2}/gm, ''))) {
    if (statement.kind !== 'declaration' || !/^export /m.test(statement.text)) continue;
    found.set(statement.name, [...(found.get(statement.name) ?? []), statement.text]);
  }
  return found;
}

/** @throws Error for a name that is not exported */
function chapter(title: string, names: readonly string[], declared: ReadonlyMap<string, readonly string[]>): string {
  const entries = names.map((name) => {
    const texts = declared.get(name);
    if (!texts) throw new Error(`'${name}' is not exported`);
    return `### ${name}\n\n${texts.map(entry).join('\n')}`;
  });
  return `## ${title}\n\n${entries.join('\n')}`;
}

/** The docstring as prose, and the declaration with those of its members. */
function entry(text: string): string {
  const [, comment = '', code = ''] = /^(?:\/\*\*(.*?)\*\/\n)?(.*)$/s.exec(text) ?? [];
  const prose = comment
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+@param (\w+)/g, '\n\n`$1`:')
    .replace(/\s+@(returns|throws)\b/g, (_, tag: string) => `\n\n${tag === 'throws' ? 'Throws' : 'Returns'}`)
    .trim();
  const block = `\`\`\`ts\n${code.replace(/^export /gm, '')}\n\`\`\`\n`;
  return prose ? `${prose}\n\n${block}` : block;
}

if (import.meta.main) writeFileSync('docs/plugin-api.md', apiReference(readFileSync('dist/gantry.d.ts', 'utf8')));
