import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '../../kernel/index.js';

interface ScaffoldFile {
  readonly name: string;
  readonly content: string;
}

/** The files of a new plugin. @throws GantryError `invalid` for an id that is none */
export function scaffoldFiles(id: string): readonly ScaffoldFile[] {
  if (!/^[a-z][a-z0-9-]*$/.test(id)) {
    const hint = 'Lower case letters, digits and dashes, a letter first';
    throw new GantryError('invalid', `'${id}' cannot be a plugin's id`, { hint });
  }
  return [
    { name: `${id}.ts`, content: pluginText(id) },
    { name: `${id}.test.ts`, content: testText(id) },
  ];
}

/** @throws GantryError `conflict` */
export function refuseExistingFiles(folder: string, names: readonly string[]): void {
  const there = names.find((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }));
  if (there !== undefined) throw new GantryError('conflict', `${join(folder, there)} is there already`);
}

/** Parameter decorators need `experimentalDecorators`: an editor reads it here. */
export const TSCONFIG = `{
  "compilerOptions": {
    "target": "esnext",
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "experimentalDecorators": true,
    "allowImportingTsExtensions": true
  }
}
`;

function pluginText(id: string): string {
  return `import { Command, type CommandContext, Option, plugin } from 'gantry';

@Command({ name: '${id}', summary: 'Greet somebody', usage: '[OPTIONS] [NAME]', args: { min: 0, max: 1 } })
class Greet {
  @Option('-l, --loud', 'In capital letters')
  loud = false;

  async run({ args, stdout }: CommandContext): Promise<void> {
    const text = \`Hello, \${args[0] ?? 'world'}!\`;
    stdout.write(\`\${this.loud ? text.toUpperCase() : text}\\n\`);
  }
}

export default plugin({ id: '${id}', api: 1, commands: [Greet] });
`;
}

function testText(id: string): string {
  return `import assert from 'node:assert/strict';
import test from 'node:test';
import { engine } from 'gantry/test';
import plugin from './${id}.ts';

test('greets', async () => {
  const { docker } = await engine(plugin);
  const { exitCode, stdout } = await docker('${id}', '--loud', 'you');
  assert.equal(stdout, 'HELLO, YOU!\\n');
  assert.equal(exitCode, 0);
});

test('refuses a second name', async () => {
  const { docker } = await engine(plugin);
  const { exitCode, stderr } = await docker('${id}', 'you', 'me');
  assert.match(stderr, /requires at most 1 argument/);
  assert.equal(exitCode, 125);
});
`;
}
