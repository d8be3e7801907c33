import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { TestEngine } from '../../../support/engine.js';
import { RealRegistry, type RegistryOptions } from '../../../support/registry.js';
import { FakeRegistry } from './fake-registry.js';
import type { MadeImage } from './images.js';

/** Some bytes that do not compress. */
export const BIG = Buffer.from(createHash('shake256', { outputLength: 400_000 }).update('big').digest());

export interface Scene {
  readonly engine: TestEngine;
  readonly registry: FakeRegistry;
  readonly name: string;
}

/** An engine, and a registry that does as it is told. */
export async function scene(t: ExecutionContext, { withDaemon = false } = {}): Promise<Scene> {
  const registry = await FakeRegistry.start();
  t.teardown(() => registry.stop());
  return { engine: await engineFor(t, withDaemon), registry, name: `${registry.host}/app:1` };
}

export async function engineFor(t: ExecutionContext, withDaemon = true, image?: 'busybox'): Promise<TestEngine> {
  const engine = new TestEngine();
  t.teardown(() => engine.destroy());
  if (image) await engine.importImage(image);
  if (withDaemon) await engine.startDaemon();
  return engine;
}

export async function registryFor(t: ExecutionContext, options: RegistryOptions = {}): Promise<RealRegistry> {
  const registry = await RealRegistry.start(options);
  t.teardown(() => registry.stop());
  return registry;
}

/** What is left of a pull: nothing that anybody could take for an image. */
export async function isClean(t: ExecutionContext, { engine }: Pick<Scene, 'engine'>): Promise<void> {
  t.is(await engine.ok('images', '-aq'), '');
  for (const folder of ['layers', 'recipes']) t.deepEqual(readdirSync(join(engine.root, folder)), []);
}

/** In a registry that calls the image's repository `app`. */
export const layerPath = ({ manifest }: MadeImage, index: number): string =>
  `/v2/app/blobs/${manifest.layers[index]?.digest}`;
