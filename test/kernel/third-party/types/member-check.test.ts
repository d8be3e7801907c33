import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { GantryError } from '../../../../src/kernel/contracts/errors.js';
import { MemberCheck } from '../../../../src/kernel/third-party/types/member-check.js';
import { PROJECT } from '../../../support/engine.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-members-'));
test.after.always(() => rm(folder, { recursive: true }));

async function check(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, text);
  try {
    await new MemberCheck(join(PROJECT, 'dist/gantry.d.ts')).check(path);
    return '';
  } catch (error) {
    return (error as GantryError).message;
  }
}

test('a member that no contract has is refused with file, line, column and type', async (t) => {
  const said = await check(
    'a.ts',
    `import { Containers } from 'gantry';\nexport const f = (c: Containers) =>\n  c.frobnicate();\n`,
  );
  t.is(said, `${folder}/a.ts:3:5: 'Containers' has no member 'frobnicate'`);
});

test('so is one of what a method gives, also where another is meant', async (t) => {
  const text = `import { Containers } from 'gantry';\nexport const f = async (c: Containers) => (await c.get('x')).nme;\n`;
  t.is(await check('b.ts', text), `${folder}/b.ts:2:62: 'ContainerSummary' has no member 'nme'`);
});

test("any other error of types is none of the engine's business", async (t) => {
  const text = `import { missing } from './nowhere.ts';\nexport const a: string = 1;\nexport const b = { x: 1 }.y;\nexport const c = missing.d;`;
  t.is(await check('c.ts', text), '');
});

test("a type of the plugin's own that is called like one of ours is its own affair", async (t) => {
  t.is(await check('d.ts', `interface Column { a: string }\nexport const f = (c: Column) => c.b;`), '');
});

test('what looks before it uses a member is let through, and JavaScript is not looked at', async (t) => {
  const text = `import { Containers } from 'gantry';\nexport const f = (c: Containers) => ('later' in c ? c.later : 0);`;
  t.is(await check('e.ts', text), '');
  t.is(
    await check(
      'f.js',
      `import { Containers } from 'gantry';\n/** @param {Containers} c */\nexport const f = (c) => c.x;`,
    ),
    '',
  );
});

test('what Node gives is not known without its types, and never refused', async (t) => {
  const text = `import type { CommandContext } from 'gantry';
export function f({ stdin, stdout, gone }: CommandContext): void {
  stdin.setEncoding('utf8');
  stdout.cork();
  gone.onabort = () => {};
}`;
  t.is(await check('g.ts', text), '');
});
