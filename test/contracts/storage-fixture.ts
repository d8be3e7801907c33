import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { libc, MNT_DETACH } from '../../src/host/index.js';
import type { RootFilesystem } from '../../src/plugins/image/index.js';
import type { ImageEngine } from '../plugins/image/support/engine.js';
import { stream, type TestEntry, tar } from '../plugins/image/support/tars.js';

export interface Container {
  readonly imageId: string;
  readonly upper: string;
  /** The mounted root. */
  readonly root: string;
}

export async function run(t: ExecutionContext, engine: ImageEngine, entries: readonly TestEntry[]): Promise<Container> {
  const { id } = await engine.graph.create(stream(tar(entries)), {});
  return started(t, engine, id);
}

export async function started(
  t: ExecutionContext,
  { graph, root: home }: ImageEngine,
  imageId: string,
): Promise<Container> {
  const folder = mkdtempSync(join(home, 'container-'));
  const [upper, work, root] = ['upper', 'work', 'root'].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [upper, work, root]) mkdirSync(path);
  await mount(t, graph.rootFilesystem(imageId, upper, work), root);
  return { imageId, upper, root };
}

export async function mount(t: ExecutionContext, filesystem: RootFilesystem, target: string): Promise<void> {
  await filesystem.prepare();
  filesystem.mount(target);
  t.teardown(() => void libc().umount2(target, MNT_DETACH));
}

export async function changesOf({ graph }: ImageEngine, { imageId, upper }: Container): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind, path } of graph.changes(imageId, upper)) found.push(`${kind} ${path}`);
  return found;
}

export const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex').toString('latin1');
export const NOT_UTF8 = 'f\xff\xfef';

export const directory = (path: string): TestEntry => ({ path, type: 'Directory', mode: 0o755, mtime: new Date(1e12) });
export const IMAGE: readonly TestEntry[] = [
  ...['bin', 'usr', 'usr/share', 'usr/share/doc', 'var', 'var/log', 'etc', 'dev'].map(directory),
  { path: 'bin/sh', body: 'shell' },
  { path: 'usr/share/doc/README', body: 'read' },
  { path: 'usr/share/doc/NEWS', body: 'news' },
  { path: 'var/log/syslog', body: 'log' },
  { path: 'etc/passwd', body: 'root' },
  { path: 'etc/hosts', body: 'of the image' },
];
