import { lstatSync, mkdirSync, readdirSync, type Stats, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ContainerTree } from '../../../src/sysinit/container-tree.js';
import { lookInRoot } from '../../../src/sysinit/in-root.js';
import { findProgram } from '../../../src/sysinit/program.js';
import { prepareWorkingDirectory } from '../../../src/sysinit/working-directory.js';
import { same } from '../fuzz.js';
import { type Target, taken } from '../target.js';
import { RootFolder } from './root-folder.js';

interface Input {
  /** Links by their names, and what they lead to. */
  readonly links: readonly (readonly [name: string, target: string])[];
  readonly path: string;
  readonly search: string;
}

const NAMES = ['d', 'd/e', 'l', 'm', 'd/n', 'file', 'nosuch', '..', '.', '', 'outside', 'root', 'x'.repeat(255)];
const words = fc.array(fc.constantFrom(...NAMES), { maxLength: 6 });
const target = fc.oneof(
  fc.tuple(fc.constantFrom('', '/', '../'), words).map(([first, all]) => first + all.join('/')),
  fc.constantFrom('../../outside', '/proc/self/fd/3', `${'l/../'.repeat(300)}d`, 'x'.repeat(4000)),
);

const folder = new RootFolder();

/**
 * Paths in a container's root, links among them: they lead where the kernel says, never out of the root, and a working directory
 * that is made is in there.
 */
export const path: Target<Input> = {
  corpus: [
    {
      links: [
        ['l', 'm'],
        ['m', 'l'],
      ],
      path: '/l/x',
      search: '/l:/m',
    },
    { links: [['l', `${'d/../'.repeat(800)}`]], path: '/l/l/l', search: '/l:'.repeat(2000) },
  ],
  inputs: fc.record({
    links: fc.array(fc.tuple(fc.constantFrom('l', 'm', 'd/n'), target), { maxLength: 3 }),
    path: words.map((all) => `/${all.join('/')}`),
    search: fc.array(target, { maxLength: 5 }).map((all) => all.join(':')),
  }),
  check(input) {
    const root = made(input);
    const tree = new ContainerTree(root, []);
    const resolved = taken(() => tree.resolve(input.path));
    if (resolved) agreesWithKernel(root, input.path, resolved);
    taken(() =>
      findProgram(tree, {
        program: 'file',
        path: input.search,
        cwd: '/d',
        user: { uid: 0, gid: 0, additionalGids: [] },
      }),
    );
    taken(() => prepareWorkingDirectory(tree, input.path));
    same(readdirSync(join(folder.base, 'outside')), ['file'], 'the folder outside');
    same(readdirSync(folder.base), ['outside', 'root'], 'the folder above');
  },
  close: () => folder.remove(),
};

function made({ links }: Input): string {
  const root = folder.empty();
  const outside = join(folder.base, 'outside');
  mkdirSync(outside, { recursive: true });
  for (const file of [outside, root]) writeFileSync(join(file, 'file'), 'x', { mode: 0o755 });
  mkdirSync(join(root, 'd/e'), { recursive: true });
  for (const [name, leads] of links) {
    if (!lstatSync(join(root, name), { throwIfNoEntry: false })) symlinkSync(leads || '.', join(root, name));
  }
  return root;
}

function agreesWithKernel(
  root: string,
  asked: string,
  { missing, stats }: { missing: readonly string[]; stats: Stats },
): void {
  const found = lookInRoot(root, asked, (_, { dev, ino }) => ({ dev, ino }));
  const own = missing.length === 0 ? { dev: stats.dev, ino: stats.ino } : undefined;
  same(own, found, 'the file at the path');
}
