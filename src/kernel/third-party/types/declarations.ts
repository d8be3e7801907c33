import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Statement, statementsOf } from './statements.js';

/** A name of a `.d.ts` file, with all that declares it: an interface, and the token of its name. */
export interface Declared {
  readonly name: string;
  readonly file: string;
  readonly texts: readonly string[];
}

/** All declarations that some names need, from whatever files. */
export interface Closure {
  /** The names that were asked for, in their order; then those that they need. */
  readonly declared: readonly Declared[];
  /** Names that come from elsewhere, by where that is: `node:stream`. */
  readonly outside: ReadonlyMap<string, string>;
}

/** Emitted `.d.ts` files, read as names are looked for in them. */
export class Declarations {
  readonly #files = new Map<string, readonly Statement[]>();

  /** All names that a file exports. */
  exportsOf(file: string): readonly string[] {
    return this.#statements(file).flatMap((statement) => {
      if (statement.kind === 'export') return statement.names.map(({ as }) => as);
      return statement.kind === 'declaration' && /^(?:\/\*[\s\S]*?\*\/\s*)*export\b/.test(statement.text)
        ? [statement.name]
        : [];
    });
  }

  /**
   * The declarations of names of a file, and of all that these name in turn.
   * @param known names that are declared elsewhere: they come into `outside`
   */
  closure(
    wanted: readonly { readonly file: string; readonly name: string }[],
    known: { readonly names: ReadonlySet<string>; readonly from: string } = { names: new Set(), from: '' },
  ): Closure {
    const found = new Map<string, Declared>();
    const outside = new Map<string, string>();
    const queue = [...wanted];
    for (let next = queue.shift(); next; next = queue.shift()) {
      const place = this.#find(next.file, next.name);
      if (place === undefined) continue;
      if ('from' in place || known.names.has(place.name)) {
        outside.set(place.name, 'from' in place ? place.from : known.from);
        continue;
      }
      const other = found.get(place.name);
      if (other && other.file !== place.file)
        throw new Error(`'${place.name}' is declared in ${other.file} and ${place.file}`);
      if (other) continue;
      found.set(place.name, place);
      for (const name of mentioned(place.texts)) if (name !== place.name) queue.push({ file: place.file, name });
    }
    return { declared: [...found.values()], outside };
  }

  #find(file: string, name: string): Declared | { readonly name: string; readonly from: string } | undefined {
    const statements = this.#statements(file);
    const texts = statements.flatMap((one) => (one.kind === 'declaration' && one.name === name ? [one.text] : []));
    if (texts.length > 0) return { name, file, texts };
    for (const { kind, ...link } of statements) {
      if (kind === 'declaration' || !('names' in link) || link.from === undefined) continue;
      const entry = link.names.find(({ as }) => as === name);
      if (!entry) continue;
      if (!link.from.startsWith('.')) return { name: entry.name, from: link.from };
      return this.#find(pathOf(file, link.from), entry.name);
    }
    return undefined;
  }

  #statements(file: string): readonly Statement[] {
    const known = this.#files.get(file) ?? statementsOf(existsSync(file) ? readFileSync(file, 'utf8') : '');
    this.#files.set(file, known);
    return known;
  }
}

function pathOf(file: string, from: string): string {
  return join(dirname(file), from.replace(/\.m?[jt]s$/, '.d.ts'));
}

/** Every word of the code that could be a type's or a value's name. Comments and strings are none. */
function mentioned(texts: readonly string[]): ReadonlySet<string> {
  const code = texts.join('\n').replace(/\/\*[\s\S]*?\*\/|'[^'\n]*'|"[^"\n]*"/g, ' ');
  return new Set(code.match(/\b[A-Za-z_$][\w$]*\b/g));
}
