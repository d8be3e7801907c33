/** What a document shows: a file that is written, or commands with what they print. */
export type Block =
  | { readonly kind: 'file'; readonly name: string; readonly text: string; readonly line: number }
  | { readonly kind: 'console'; readonly steps: readonly Step[] };

export interface Step {
  readonly command: string;
  readonly expected: string;
  readonly line: number;
}

/** The blocks of a Markdown document. @throws Error for a block that no test would run */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(({ 1: info = '', 2: text = '', index }) => {
    const line = markdown.slice(0, index).split('\n').length;
    const [, name] = /^ts file=(\S+)$/.exec(info) ?? [];
    if (name !== undefined) return { kind: 'file', name, text, line };
    if (info === 'console') return { kind: 'console', steps: stepsOf(text, line) };
    throw new Error(`line ${line}: a block '${info}' that is not run`);
  });
}

function stepsOf(text: string, line: number): readonly Step[] {
  return text
    .split(/^(?=\$ )/m)
    .filter((part) => part.startsWith('$ '))
    .map((part) => {
      const [command = '', ...expected] = part.slice(2).split('\n');
      return { command, expected: expected.join('\n'), line };
    });
}

/** Whether a text is what a document says, where `...` stands for anything. How wide a column is counts for nothing. */
export function matches(text: string, expected: string): boolean {
  const tidy = (some: string): string =>
    some
      .replace(/[ \t]+$/gm, '')
      .replace(/[ \t]+/g, ' ')
      .trimEnd();
  const pattern = tidy(expected)
    .split('...')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*?');
  return new RegExp(`^${pattern}$`).test(tidy(text));
}
