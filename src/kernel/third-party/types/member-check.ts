import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { GantryError } from '../../contracts/index.js';
import { tsc } from './tsc.js';

const NO_SUCH_MEMBER = /^(.+)\((\d+),(\d+)\): error TS(?:2339|2551): Property '(.+?)' does not exist on type '(\w+)/gm;
const CONTRACT = /^ *export (?:interface|class) (\w+)/gm;
const DECLARED = /\b(?:interface|class|type|enum)\s+(\w+)/g;
/** A check that takes longer is not worth its while. */
const PATIENCE_MS = 3000;

/** Looks for members of the engine's contracts that do not exist, in the plugin's types: before anything of it runs. */
export class MemberCheck {
  #contracts: Promise<ReadonlySet<string>> | undefined;

  /** @param types the file that declares `gantry` */
  constructor(private readonly types: string) {}

  /**
   * Leaves a plugin alone that is not in TypeScript, and all that is wrong with it beside.
   * @throws GantryError `invalid` with file, line, type and member
   */
  async check(entry: string): Promise<void> {
    if (!['.ts', '.mts'].includes(extname(entry))) return;
    this.#contracts ??= namesIn(this.types, CONTRACT);
    const said = await tsc(['--noEmit', this.types, entry], PATIENCE_MS);
    for (const [, path = '', line, column, member, type = ''] of said?.matchAll(NO_SUCH_MEMBER) ?? []) {
      const file = join('/', path);
      // A type of the plugin's own may have the name of one of ours.
      if (!(await this.#contracts).has(type) || (await namesIn(file, DECLARED)).has(type)) continue;
      throw new GantryError('invalid', `${file}:${line}:${column}: '${type}' has no member '${member}'`);
    }
  }
}

async function namesIn(file: string, pattern: RegExp): Promise<ReadonlySet<string>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return new Set([...text.matchAll(pattern)].map(([, name = '']) => name));
}
