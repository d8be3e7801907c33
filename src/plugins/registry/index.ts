import { definePlugin, provide } from '../../kernel/index.js';
import { Distribution, Graph, TagStore } from '../image/index.js';
import { Config, Database, Events, Log } from '../system/index.js';
import { Registries } from './contracts/index.js';

export { type Pulled, Registries, type TransferOptions, type TransferProgress } from './contracts/index.js';

/** Pulls an image for a client, and shows it the progress. @throws GantryError as `Registries.pull` */
export async function pullFor(
  ...args: Parameters<typeof import('./client/pull-for-client.js').pullFor>
): ReturnType<typeof import('./client/pull-for-client.js').pullFor> {
  return (await import('./client/pull-for-client.js')).pullFor(...args);
}

/** Images to and from registries. */
export const registry = definePlugin({
  id: 'registry',
  api: 1,
  requires: [Config, Database, Events, Log, Graph, TagStore, Distribution],
  provides: [
    provide(Registries, async () => (await import('./services/registries.js')).LazyRegistries, {
      effects: async () => (await import('./services/registries-dry-run.js')).REGISTRIES_EFFECTS,
    }),
  ],
  checks: { blobs: async () => (await import('./blobs/blob-check.js')).BlobCheck },
  events: ['image pull', 'image push'],
  commands: {
    'pull|image pull': async () => (await import('./commands/pull.js')).PullCommand,
    'push|image push': async () => (await import('./commands/push.js')).PushCommand,
    search: async () => (await import('./commands/search.js')).Search,
    login: async () => (await import('./commands/login.js')).LoginCommand,
    logout: async () => (await import('./commands/logout.js')).Logout,
  },
});
