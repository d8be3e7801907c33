import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Manifest } from '../protocol/index.js';
import { readJson, writeJson } from './plugin-records.js';
import type { Problem } from './problem.js';

/** A version, as far as it can be known without running it. */
export interface KnownVersion {
  readonly hash: string;
  readonly entry: string;
  readonly manifest: Manifest;
}

/** The knowledge of one source that needs no running or compiling. */
export interface CacheEntry {
  readonly inputs: readonly string[];
  /** Of the inputs, when all below was found out. */
  readonly stamps: string;
  /** The version of the content, in use or not; missing where the content has a problem. */
  readonly newest?: KnownVersion | undefined;
  /** The version that was in use last. */
  readonly good?: KnownVersion | undefined;
  /** The problem of the content. */
  readonly problem?: Problem | undefined;
}

/** How long code without an entry is kept: another process may be about to write that. */
const ORPHANED_MS = 3_600_000;

interface Index {
  readonly key: string;
  readonly entries: Readonly<Record<string, CacheEntry>>;
}

/** Manifests by source, and code by hash: so that plugins are known at once, and a broken save does not take the good version along. */
export class ManifestCache {
  #entries: Record<string, CacheEntry>;
  /** Code that each source had until its last change. */
  readonly #formerly = new Map<string, readonly string[]>();
  readonly #key: string;

  /** @param builtIns what entries depend on besides the plugins: the engine's version, the names it exports */
  constructor(
    private readonly folder: string,
    builtIns: readonly string[],
  ) {
    this.#key = createHash('sha256').update(builtIns.join('\n')).digest('hex');
    const index = readJson<Index>(this.#indexPath);
    this.#entries = index?.key === this.#key ? { ...index.entries } : {};
  }

  get(source: string): CacheEntry | undefined {
    return Object.hasOwn(this.#entries, source) ? this.#entries[source] : undefined;
  }

  /** Code that no entry names any more goes with the next change of its source: a call may be about to start it. */
  set(source: string, entry: CacheEntry): void {
    const former = this.get(source);
    if (isDeepStrictEqual(former, entry)) return;
    this.#entries = { ...this.#entries, [source]: entry };
    this.#save();
    this.#removeUnused(this.#formerly.get(source));
    this.#formerly.set(source, hashesOf(former));
  }

  /** Forgets sources that are no more. */
  keep(sources: readonly string[]): void {
    const all = Object.entries(this.#entries);
    const [kept, gone] = [true, false].map((isKept) => all.filter(([source]) => sources.includes(source) === isKept));
    if (!kept || !gone || gone.length === 0) return;
    this.#entries = Object.fromEntries(kept);
    this.#save();
    for (const [source, entry] of gone) {
      this.#removeUnused([...hashesOf(entry), ...(this.#formerly.get(source) ?? [])]);
      this.#formerly.delete(source);
    }
    quietly(() => this.#sweep());
  }

  /** Undefined where it is gone or damaged. */
  code(hash: string): string | undefined {
    try {
      const code = readFileSync(this.#codePath(hash), 'utf8');
      return createHash('sha256').update(code).digest('hex') === hash ? code : undefined;
    } catch {
      return undefined;
    }
  }

  putCode(hash: string, code: string): void {
    quietly(() => {
      mkdirSync(this.folder, { recursive: true, mode: 0o711 });
      const fresh = `${this.#codePath(hash)}.${process.pid}`;
      writeFileSync(fresh, code, { mode: 0o600 });
      renameSync(fresh, this.#codePath(hash));
    });
  }

  /** Clients of any user read in it which words of a plugin's commands are files: `src/client/client-plugins.ts`. */
  #save(): void {
    quietly(() => writeJson(this.#indexPath, { key: this.#key, entries: this.#entries } satisfies Index, 0o644));
  }

  #removeUnused(hashes: readonly string[] = []): void {
    const used = this.#hashes();
    quietly(() => {
      for (const hash of hashes) if (!used.has(hash)) rmSync(this.#codePath(hash), { force: true });
    });
  }

  #sweep(): void {
    const used = this.#hashes();
    for (const name of readdirSync(this.folder)) {
      if (name === 'index.json' || used.has(name.replace(/\.mjs$/, ''))) continue;
      const path = join(this.folder, name);
      if (Date.now() - statSync(path).mtimeMs > ORPHANED_MS) rmSync(path, { force: true });
    }
  }

  #hashes(): ReadonlySet<string> {
    return new Set(Object.values(this.#entries).flatMap(hashesOf));
  }

  get #indexPath(): string {
    return join(this.folder, 'index.json');
  }

  #codePath(hash: string): string {
    return join(this.folder, `${hash}.mjs`);
  }
}

function hashesOf(entry: CacheEntry | undefined): readonly string[] {
  return [entry?.newest, entry?.good].flatMap((version) => version?.hash ?? []);
}

/** Ignores errors: on a full disk nothing is cached, and the next process finds it out again. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {}
}
