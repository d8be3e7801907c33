import { readFileSync, statSync } from 'node:fs';
import type { PluginCommands } from '../transport/offers/index.js';

const MAX_INDEX_BYTES = 16 << 20;

/** What the engine of a root has noted of its plugins, without running one. Nothing where the user may not read that. */
export function pluginCommands(root: string): PluginCommands {
  const manifests = manifestsIn(`${root}/plugins/cache/index.json`);
  return {
    commands: manifests.flatMap(({ commands }) => commands ?? []),
    extensions: manifests.flatMap(({ extensions }) => extensions ?? []),
  };
}

interface Index {
  readonly entries: Readonly<Record<string, { readonly good?: { readonly manifest: Partial<PluginCommands> } }>>;
}

function manifestsIn(path: string): readonly Partial<PluginCommands>[] {
  try {
    if (statSync(path).size > MAX_INDEX_BYTES) return [];
    const { entries } = JSON.parse(readFileSync(path, 'utf8')) as Index;
    return Object.values(entries).flatMap(({ good }) => (good ? [good.manifest] : []));
  } catch {
    return [];
  }
}
