import { definePlugin, Extensions, provide } from '../../kernel/index.js';
import { Distribution, Graph, ImageRecords, TagStore } from '../image/index.js';
import { NetworkManager, Networks } from '../network/index.js';
import { Registries } from '../registry/index.js';
import { Config, Database, Events, Log } from '../system/index.js';
import { Volumes } from '../volume/index.js';
import { CONTAINER_EVENTS, Containers, Runtime } from './contracts/index.js';
import { PS_COLUMNS, PS_FILTERS } from './views/ps-table.js';

export { type Container, type ContainerSummary, Containers, type CreateOptions, Runtime } from './contracts/index.js';

/** Containers and their life. */
export const container = definePlugin({
  id: 'container',
  api: 1,
  requires: [
    Config,
    Database,
    Events,
    Extensions,
    Log,
    Graph,
    ImageRecords,
    TagStore,
    Distribution,
    Registries,
    NetworkManager,
    Networks,
    Volumes,
  ],
  provides: [
    provide(Runtime, async () => (await import('./services/runtime.js')).OciContainers, {
      effects: async () => (await import('./services/runtime-dry-run.js')).runtimeDryRun(),
    }),
    provide(Containers, async () => (await import('./services/containers-api.js')).ContainersService, {
      open: true,
      effects: async () => (await import('./services/containers-dry-run.js')).CONTAINERS_DRY_RUN,
      double: async () => (await import('./services/containers-double.js')).ContainersDouble,
    }),
  ],
  checks: {
    containers: async () => (await import('./checks/container-check.js')).ContainerCheck,
    runs: async () => (await import('./checks/run-check.js')).RunCheck,
    leftovers: async () => (await import('./checks/orphan-check.js')).OrphanCheck,
  },
  values: {
    container: async () => (await import('./views/name-completion.js')).ContainerNameCompletion,
    'running-container': async () => (await import('./views/name-completion.js')).RunningNameCompletion,
    'stopped-container': async () => (await import('./views/name-completion.js')).StoppedNameCompletion,
  },
  events: CONTAINER_EVENTS.map((action) => `container ${action}`),
  tables: { ps: { columns: PS_COLUMNS, filters: PS_FILTERS } },
  groups: { system: 'Manage the engine' },
  commands: {
    'create|container create': async () => (await import('./commands/create.js')).Create,
    'rename|container rename': async () => (await import('./commands/rename.js')).Rename,
    'pause|container pause': async () => (await import('./commands/pause.js')).Pause,
    'unpause|container unpause': async () => (await import('./commands/unpause.js')).Unpause,
    'top|container top': async () => (await import('./commands/top.js')).Top,
    'update|container update': async () => (await import('./commands/update.js')).Update,
    'run|container run': async () => (await import('./commands/run.js')).Run,
    'ps|container ls|container ps|container list': async () => (await import('./commands/ps.js')).Ps,
    'logs|container logs': async () => (await import('./commands/logs.js')).Logs,
    'attach|container attach': async () => (await import('./commands/attach.js')).Attach,
    'exec|container exec': async () => (await import('./commands/exec.js')).Exec,
    'cp|container cp': async () => (await import('./commands/cp.js')).Cp,
    'stats|container stats': async () => (await import('./commands/stats.js')).Stats,
    'wait|container wait': async () => (await import('./commands/wait.js')).Wait,
    'start|container start': async () => (await import('./commands/start.js')).Start,
    'stop|container stop': async () => (await import('./commands/stop.js')).Stop,
    'restart|container restart': async () => (await import('./commands/restart.js')).Restart,
    'kill|container kill': async () => (await import('./commands/kill.js')).Kill,
    'rm|container rm|container remove': async () => (await import('./commands/rm.js')).Rm,
    inspect: async () => (await import('./commands/inspect.js')).Inspect,
    'container inspect': async () => (await import('./commands/container-inspect.js')).ContainerInspect,
    'port|container port': async () => (await import('./commands/port.js')).Port,
    'diff|container diff': async () => (await import('./commands/diff.js')).Diff,
    'commit|container commit': async () => (await import('./commands/commit.js')).Commit,
    undo: async () => (await import('./commands/undo.js')).Undo,
    'export|container export': async () => (await import('./commands/export.js')).Export,
    'container prune': async () => (await import('./commands/prune.js')).ContainerPrune,
    'system df': async () => (await import('./commands/system-df.js')).SystemDf,
    'system prune': async () => (await import('./commands/system-prune.js')).SystemPrune,
    rerun: async () => (await import('./commands/rerun.js')).Rerun,
    'network connect': async () => (await import('./commands/network-connect.js')).NetworkConnect,
    'network disconnect': async () => (await import('./commands/network-disconnect.js')).NetworkDisconnect,
    'info|system info': async () => (await import('./commands/info.js')).Info,
  },
});
