import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';

/** Where a name of a room's `index.js` comes from. */
interface Origin {
  /** Absolute. */
  readonly file: string;
  /** Its name there; `*` for the whole module. */
  readonly name: string;
}

const EXPORT = /^export (?:\{([^}]*)\}|\* as (\w+)) from '(\.[^']+)';$/gm;
const IMPORT = /^import \{([^}]*)\} from '(\.[^']*\/index\.js)';$/gm;

/** What the front door of a house names is loaded together: most of it is needed by most commands, and a file costs half a millisecond. */
const FRONT_DOOR = /\/src\/(kernel|plugins\/[^/]+)\/index\.js$/;

/**
 * Lets a bundle pass the doors of rooms: what is imported from an `index.js` that only hands it on is imported from its own file.
 * esbuild drops what a bundle does not use of a room, but counts the whole room as needed where it divides code into chunks.
 */
export const withoutDoors: Plugin = {
  name: 'without doors',
  setup({ onLoad }) {
    const doors = new Map<string, ReadonlyMap<string, Origin>>();
    onLoad({ filter: /\/dist\/src\/.*\.js$/ }, async ({ path }) => ({
      contents: passDoors(await readFile(path, 'utf8'), path, (door) => {
        const known = doors.get(door) ?? originsIn(existsSync(door) ? readFileSync(door, 'utf8') : '', door);
        doors.set(door, known);
        return known;
      }),
    }));
  },
};

/** The names that an `index.js` hands on. Names that it makes itself are missing. */
export function originsIn(text: string, path: string): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const [, names, whole, from = ''] of text.matchAll(EXPORT)) {
    const file = join(dirname(path), from);
    if (whole) origins.set(whole, { file, name: '*' });
    for (const [name, as] of pairsIn(names ?? '')) origins.set(as, { file, name });
  }
  return origins;
}

/** Each statement stays on its line, so that source maps hold. */
export function passDoors(
  text: string,
  path: string,
  originsOf: (door: string) => ReadonlyMap<string, Origin>,
): string {
  return text.replace(IMPORT, (statement, names: string, from: string) => {
    const door = join(dirname(path), from);
    const origins = FRONT_DOOR.test(door) ? undefined : originsOf(door);
    if (!origins || origins.size === 0) return statement;
    const imports = pairsIn(names).map(([name, as]) => {
      const origin = origins.get(name);
      if (!origin) return `import { ${name} as ${as} } from '${from}';`;
      const file = relative(dirname(path), origin.file);
      const source = file.startsWith('.') ? file : `./${file}`;
      return `import ${origin.name === '*' ? `* as ${as}` : `{ ${origin.name} as ${as} }`} from '${source}';`;
    });
    return imports.join(' ');
  });
}

/** `a, b as c`: the names there and here. */
function pairsIn(names: string): (readonly [name: string, as: string])[] {
  return names
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one) => {
      const [name = '', as = name] = one.split(' as ');
      return [name, as] as const;
    });
}
