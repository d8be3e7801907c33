import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { GantryError } from '../../contracts/index.js';

/** The operator's decisions on a plugin. */
export interface PluginRecord {
  readonly enabled: boolean;
  /** Its approved rights: pinned when it is first loaded. */
  readonly rights: readonly string[];
  /** Commands of the engine that it may take the place of. */
  readonly replaces: readonly string[];
}

/**
 * The operator's decisions, in one file that is replaced as a whole. Read again each time: another process may write it.
 * @throws GantryError `unavailable` where it is damaged: without it, what was forbidden would be allowed
 */
export class PluginRecords {
  constructor(private readonly path: string) {}

  get(id: string): PluginRecord | undefined {
    const all = this.#read();
    return Object.hasOwn(all, id) ? all[id] : undefined;
  }

  set(id: string, record: PluginRecord): void {
    this.#write({ ...this.#read(), [id]: record });
  }

  delete(id: string): void {
    const { [id]: _, ...others } = this.#read();
    this.#write(others);
  }

  #read(): Record<string, PluginRecord> {
    const records = readJson<Record<string, PluginRecord>>(this.path);
    if (records) return records;
    if (!existsSync(this.path)) return {};
    throw new GantryError('unavailable', `${this.path}, which holds what plugins may do, is damaged`, {
      hint: 'Restore it, or remove it: then each plugin gets what it asks for, as when it was first loaded',
    });
  }

  #write(records: Record<string, PluginRecord>): void {
    writeJson(this.path, records);
  }
}

/** Undefined where there is none, or a damaged one. */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** @param mode of the file: for root alone unless told. Its folder hides the names in it from others. */
export function writeJson(path: string, value: unknown, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(value), { mode });
  renameSync(fresh, path);
}
