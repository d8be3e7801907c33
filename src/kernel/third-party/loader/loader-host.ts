import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { GantryError } from '../../contracts/index.js';
import type { PluginHost, PluginInfo, PluginState } from '../../registry/index.js';
import type { Manifest } from '../protocol/index.js';
import { wantedRights } from './admission.js';
import type { PluginLoader } from './plugin-loader.js';
import type { PluginSlot } from './plugin-slot.js';
import type { Problem } from './problem.js';

const MOST_BYTES = 4 << 20;

/** The operator's actions on plugins. */
export class LoaderHost implements Omit<PluginHost, 'types' | 'builtIn'> {
  constructor(private readonly loader: PluginLoader) {}

  async list(): Promise<readonly PluginInfo[]> {
    const folders = [...this.loader.folders.refused].map(([folder, reason]) => refusedFolder(folder, reason));
    const plugins = [...this.loader.slots.values()].map((slot) => this.#info(slot));
    return [...folders, ...plugins].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async get(id: string): Promise<PluginInfo> {
    return this.#info(this.#find(id));
  }

  async add(name: string, content: Readable, { replace }: { readonly replace: boolean }): Promise<PluginInfo> {
    const [folder] = this.loader.folders.paths;
    if (folder === undefined) throw new GantryError('unavailable', 'there is no folder for plugins');
    if (!/^[\w][\w.-]*\.m?[tj]s$/.test(name) || /\.(d|test)\.m?[tj]s$/.test(name)) {
      throw new GantryError('invalid', `'${name}' is no plugin's file: its name must end in .ts, .mts, .js or .mjs`);
    }
    const path = join(folder, name);
    const isThere = existsSync(path);
    if (isThere && !replace)
      throw new GantryError('conflict', `${path} is there already`, { hint: 'Replace it with -f' });
    const bytes = await bounded(content);
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const former = join(folder, `.former-${randomUUID()}`);
    if (isThere) linkSync(path, former);
    try {
      replaceFile(path, bytes);
      const slot = await this.#loaded(path);
      return this.#info(slot);
    } catch (error) {
      if (isThere) renameSync(former, path);
      else rmSync(path, { force: true });
      await this.loader.scan();
      throw error;
    } finally {
      rmSync(former, { force: true });
    }
  }

  /** @throws GantryError `invalid` where it does not load: one that waits for approval does */
  async #loaded(path: string): Promise<PluginSlot> {
    await this.loader.scan();
    await this.loader.settled(path);
    const slot = this.loader.slots.get(path);
    if (slot && (slot.pending || !slot.problem)) return slot;
    const folder = dirname(path);
    const refused = this.loader.folders.refused.get(folder);
    throw new GantryError('invalid', slot?.problem?.reason ?? `the folder ${folder} ${refused ?? 'cannot be used'}`);
  }

  async remove(id: string): Promise<void> {
    const slot = this.#find(id);
    const doomed = join(dirname(slot.source), `.removed-${randomUUID()}`);
    renameSync(slot.source, doomed);
    rmSync(doomed, { recursive: true, force: true });
    if (slot.manifest) this.loader.records.delete(slot.id);
    await this.loader.scan();
  }

  async enable(id: string): Promise<void> {
    await this.#decide(id, true);
  }

  async disable(id: string): Promise<void> {
    await this.#decide(id, false);
  }

  async approve(id: string, replaces: readonly string[]): Promise<PluginInfo> {
    const slot = this.#find(id);
    const { manifest } = slot;
    if (!manifest) throw new GantryError('conflict', `plugin '${id}' does not load: ${slot.problem?.reason}`);
    const wanted = slot.pending ?? manifest;
    const unknown = replaces.find((name) => !wanted.replaces.includes(name));
    if (unknown !== undefined) {
      throw new GantryError('invalid', `plugin '${id}' does not want to take the place of '${unknown}'`);
    }
    const missing = wanted.replaces.find((name) => !replaces.includes(name));
    if (missing !== undefined) {
      const hint = `If it may: docker plugin approve --replace ${missing} ${id}`;
      throw new GantryError('denied', `plugin '${id}' wants to take the place of the command '${missing}'`, { hint });
    }
    this.loader.records.set(wanted.id, { enabled: true, rights: wantedRights(wanted), replaces });
    await this.loader.refresh(slot.source);
    return this.#info(slot);
  }

  async #decide(id: string, enabled: boolean): Promise<void> {
    const slot = this.#find(id);
    const record = this.loader.records.get(slot.id);
    if (!record || !slot.manifest)
      throw new GantryError('conflict', `plugin '${id}' does not load: ${slot.problem?.reason}`);
    this.loader.records.set(slot.id, { ...record, enabled });
    await this.loader.refresh(slot.source);
  }

  #find(id: string): PluginSlot {
    const slots = [...this.loader.slots.values()];
    // A file that does not load goes by its name, which may be the id of another.
    const named = slots.filter((one) => one.id === id);
    const slot =
      named.find(({ version }) => version) ??
      named.find(({ manifest }) => manifest) ??
      named[0] ??
      this.loader.slots.get(id);
    if (slot) return slot;
    throw new GantryError('not found', `No such plugin: ${id}`, { hint: `'docker plugin ls' lists them` });
  }

  #info(slot: PluginSlot): PluginInfo {
    const manifest = slot.pending ?? slot.manifest;
    const problem = this.#problem(slot);
    return {
      id: slot.id,
      state: this.#state(slot, problem),
      source: slot.source,
      summary: manifest?.summary ?? '',
      reason: problem?.reason ?? '',
      stack: problem?.stack ?? '',
      brings: manifest ? bringsOf(manifest) : [],
      wanted: manifest ? wantedRights(manifest) : [],
      approved: this.loader.records.get(slot.id)?.rights ?? [],
      output: slot.output,
    };
  }

  #problem(slot: PluginSlot): Problem | undefined {
    if (slot.disabled) return undefined;
    if (slot.problem) return slot.problem;
    const seconds = slot.backoffSeconds();
    if (seconds > 0) {
      const { reason = '', stack = '' } = slot.lastFailure ?? {};
      return { reason: `died three times in a minute, and rests for ${seconds} s: ${reason}`, stack };
    }
    if (slot.lastFailure) return slot.lastFailure;
    const { version } = slot;
    const missing = version ? this.loader.admitter.missingFor(version.manifest) : [];
    return missing.length === 0
      ? undefined
      : { reason: `it asks for '${missing.join("', '")}', which no plugin offers`, stack: '' };
  }

  #state(slot: PluginSlot, problem: Problem | undefined): PluginState {
    if (slot.disabled) return 'disabled';
    if (slot.backoffSeconds() > 0) return 'tripped';
    if (slot.pending && !slot.version) return 'pending';
    if (!slot.version) return problem ? 'failed' : 'loading';
    return problem ? 'degraded' : 'ok';
  }
}

function refusedFolder(folder: string, reason: string): PluginInfo {
  const nothing = { summary: '', stack: '', brings: [], wanted: [], approved: [], output: '' };
  return { ...nothing, id: folder, state: 'failed', source: folder, reason };
}

/** Replaces a file by a rename, so that no process sees half of it. */
function replaceFile(path: string, content: Buffer): void {
  const fresh = join(dirname(path), `.fresh-${randomUUID()}`);
  try {
    writeFileSync(fresh, content, { mode: 0o644 });
    renameSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
}

async function bounded(content: Readable): Promise<Buffer> {
  let size = 0;
  content.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MOST_BYTES) content.destroy(new GantryError('invalid', 'a plugin of more than 4 MB'));
  });
  return buffer(content);
}

/** The parts of a manifest in words, as `bringsOfDefinition` words those of a built-in plugin. */
function bringsOf(manifest: Manifest): string[] {
  return [
    ...manifest.commands.map(({ metadata: { name } }) => `command ${name}`),
    ...manifest.extensions.flatMap(({ command, options }) => options.map(({ flags }) => `flag ${flags} of ${command}`)),
    ...manifest.extensions.filter(({ around }) => around).map(({ command }) => `stands around ${command}`),
    ...manifest.handlers.map(({ action }) => `handles the event ${action}`),
    ...manifest.columns.map(({ command, header }) => `column ${header} of ${command}`),
    ...manifest.filters.map(({ command, filter }) => `filter ${filter} of ${command}`),
    ...manifest.services.map(({ label }) => `service ${label}`),
    ...manifest.transports.map((scheme) => `transport ${scheme}://`),
  ];
}
