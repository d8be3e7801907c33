import { existsSync, globSync, statSync } from 'node:fs';
import { normalize } from 'node:path';

/** A test that needs root, or what only a capable host gives, lies in `test/e2e` or in a file of this name. */
const NEEDS_ROOT = /^dist\/test\/e2e\/|\.root\.test\.js$/;
const TEST_FILE = /\.test\.(ts|js)$/;

export interface Selection {
  /** Compiled test files, below the project. */
  readonly files: readonly string[];
  /** What AVA shall be given besides. */
  readonly flags: readonly string[];
}

/**
 * What the words of `npm test -- WORD...` select: a test file, a folder of tests, a source file or folder (its tests are at the same
 * path below `test`), or a part of a path. Without any: all tests. Words that begin with `-` are flags of AVA's.
 * @throws an Error that names a word which selects nothing
 */
export function select(words: readonly string[]): Selection {
  const flags = words.filter((word) => word.startsWith('-'));
  const places = words.filter((word) => !word.startsWith('-'));
  const all = globSync('dist/test/**/*.test.js').sort();
  if (places.length === 0) return { files: all, flags };
  const files = new Set(places.flatMap((place) => selectedBy(place, all)));
  return { files: all.filter((file) => files.has(file)), flags };
}

function selectedBy(word: string, all: readonly string[]): readonly string[] {
  const path = compiled(normalize(word).replace(/\/$/, ''));
  const found = [
    all.filter((file) => file === path || file.startsWith(`${path}/`)),
    all.filter((file) => file.replace(/(\.root)?\.test\.js$/, '') === path.replace(/\.(ts|js)$/, '')),
    all.filter((file) => file.includes(word)),
  ].find((files) => files.length > 0);
  if (found) return found;
  const known = existsSync(word)
    ? statSync(word).isDirectory()
      ? 'no tests below'
      : 'no tests of'
    : 'no test file matches';
  throw new Error(`${known} '${word}'; name a file or folder of test/ or src/, or a part of a test file's path`);
}

/** The path of what is compiled from a test, or of what tests a source. */
function compiled(path: string): string {
  const below = path.replace(/^(dist\/)?(test|src)(?=\/|$)/, 'dist/test');
  return TEST_FILE.test(below) ? below.replace(/\.ts$/, '.js') : below;
}

export function needsRoot(file: string): boolean {
  return NEEDS_ROOT.test(file);
}
