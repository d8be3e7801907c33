import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../guest/manifest.js';
import { readJson, writeJson } from './records.js';
import type { Problem } from './slot.js';

/** What is known of one source without running or compiling anything. */
export interface CacheEntry {
  readonly inputs: readonly string[];
  readonly stamps: string;
  /** The last good version. */
  readonly good: { readonly hash: string; readonly entry: string; readonly manifest: Manifest } | undefined;
  /** Why the content with these stamps is not that. */
  readonly problem: Problem | undefined;
}

interface Index {
  readonly key: string;
  readonly entries: Readonly<Record<string, CacheEntry>>;
}

/** Manifests by source, and code by hash: so that plugins are known at once, and a broken save does not take the good version along. */
export class ManifestCache {
  #entries: Record<string, CacheEntry>;
  readonly #key: string;

  /** @param ground what entries depend on beside the plugins: the engine's version, the names it exports */
  constructor(
    private readonly folder: string,
    ground: readonly string[],
  ) {
    this.#key = createHash('sha256').update(ground.join('\n')).digest('hex');
    const index = readJson<Index>(this.#indexPath);
    this.#entries = index?.key === this.#key ? { ...index.entries } : {};
  }

  get(source: string): CacheEntry | undefined {
    return Object.hasOwn(this.#entries, source) ? this.#entries[source] : undefined;
  }

  set(source: string, entry: CacheEntry): void {
    const former = this.get(source)?.good?.hash;
    this.#entries = { ...this.#entries, [source]: entry };
    writeJson(this.#indexPath, { key: this.#key, entries: this.#entries } satisfies Index);
    const isUsed = Object.values(this.#entries).some(({ good }) => good?.hash === former);
    if (former !== undefined && !isUsed) rmSync(this.#codePath(former), { force: true });
  }

  /** Forgets sources that are no more, and code that no entry names. */
  keep(sources: readonly string[]): void {
    const kept = Object.entries(this.#entries).filter(([source]) => sources.includes(source));
    if (kept.length === Object.keys(this.#entries).length) return;
    this.#entries = Object.fromEntries(kept);
    writeJson(this.#indexPath, { key: this.#key, entries: this.#entries } satisfies Index);
    const hashes = new Set(kept.map(([, { good }]) => `${good?.hash}.mjs`));
    for (const name of readdirSync(this.folder)) {
      if (name.endsWith('.mjs') && !hashes.has(name)) rmSync(join(this.folder, name), { force: true });
    }
  }

  /** @throws Error where it is gone or damaged */
  code(hash: string): string {
    const code = readFileSync(this.#codePath(hash), 'utf8');
    if (createHash('sha256').update(code).digest('hex') !== hash) throw new Error('the cached code is damaged');
    return code;
  }

  putCode(hash: string, code: string): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const fresh = `${this.#codePath(hash)}.${process.pid}`;
    writeFileSync(fresh, code, { mode: 0o600 });
    renameSync(fresh, this.#codePath(hash));
  }

  get #indexPath(): string {
    return join(this.folder, 'index.json');
  }

  #codePath(hash: string): string {
    return join(this.folder, `${hash}.mjs`);
  }
}
