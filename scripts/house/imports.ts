/** The imports of the project's sources, as the check of the layers and the picture of the rooms see them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** By path below `src`: `kernel/text/table.ts`. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  /** Paths below `src`. */
  readonly from: string;
  readonly to: string;
  readonly line: number;
  /** `import(...)`: made when it is needed, or for a type alone. */
  readonly isLate: boolean;
}

const IMPORT = /(?:\bfrom|^import)\s+'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'/gm;

export function readSources(root: string): Sources {
  const names = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const paths = names.filter((name) => name.endsWith('.ts')).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(root, 'src', path), 'utf8')]));
}

export function importsOf(sources: Sources): readonly Import[] {
  return [...sources].flatMap(([from, text]) =>
    [...text.matchAll(IMPORT)].map(({ 1: now, 2: late, index }) => ({
      from,
      to: normalize(join(dirname(from), now ?? late ?? '')).replace(/\.js$/, '.ts'),
      line: text.slice(0, index).split('\n').length,
      isLate: now === undefined,
    })),
  );
}

/** The folder that a file lies in: its room. Empty for files of `src` itself. */
export function roomOf(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? '' : folder;
}

/** Whether one folder lies in the other, at any depth. */
export function isBelow(folder: string, other: string): boolean {
  return folder !== other && (other === '' || folder.startsWith(`${other}/`));
}

/** Whether a file is the `index.ts` of a folder of rooms, and imports one of them: a house's front door, which belongs to no room. */
export function isFrontDoor({ from, to }: Import): boolean {
  return /(^|\/)index\.ts$/.test(from) && isBelow(roomOf(to), roomOf(from));
}
