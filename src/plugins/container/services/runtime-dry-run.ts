import { constants } from 'node:os';
import { type Effects, type Planned, shortId } from '../../../kernel/index.js';
import { refuseTakenPorts, socketAddress } from '../../network/index.js';
import { applyUpdate } from '../config/index.js';
import {
  type Container,
  type ContainerConfig,
  type ExecSession,
  isActive,
  type MountRequest,
  type Runtime,
} from '../contracts/index.js';
import { hasNetwork } from '../parsers/index.js';
import {
  alreadyRunning,
  cannotExec,
  cannotStartPaused,
  notRunning,
  pauseError,
  stillRunning,
  unpauseError,
} from '../records/index.js';
import { NOT_CREATED, PlannedContainers } from './planned-containers.js';

/** Effects and plans of the methods of `Runtime`. Each dry run gets a new set, whose steps see each other. */
export function runtimeDryRun(): Effects<Runtime> {
  let planned: PlannedContainers | undefined;
  const at = (runtime: Runtime): PlannedContainers => (planned ??= new PlannedContainers(runtime));
  const planSignal = async (runtime: Runtime, id: string, signal: NodeJS.Signals | number): Promise<Planned<void>> => {
    const containers = at(runtime);
    const container = containers.get(id);
    if (!isActive(container)) throw notRunning(id, container);
    if (nameOf(signal) === 'SIGKILL') containers.stop(container);
    return { says: `send ${nameOf(signal)} to ${describe(container)}` };
  };
  return {
    describe: 'read',
    removed: 'read',
    removedImageOf: 'read',
    removedBytes: 'read',
    undo: {
      effect: 'write',
      async plan(runtime, id) {
        const name = runtime.removed().find((removed) => removed.id === id)?.name ?? '';
        return { says: `bring back container ${name} (${shortId(id)})` };
      },
    },
    emptyTrash: {
      effect: 'destroy',
      async plan(runtime) {
        const names = runtime.removed().map(({ name }) => name);
        return { ...(names.length > 0 && { says: `forget removed containers: ${names.join(', ')}` }), result: 0 };
      },
    },
    checkNetwork: 'read',
    logs: 'read',
    upperDir: 'read',
    // Nothing is read, so nothing is held.
    holdFiles: { effect: 'read', plan: async () => ({ result: new AsyncDisposableStack() }) },
    getArchive: 'read',
    statPath: 'read',
    stats: { effect: 'read', plan: (runtime, id) => ({ result: runtime.stats(at(runtime).get(id).id) }) },
    get: { effect: 'read', plan: (runtime, reference) => ({ result: at(runtime).get(reference) }) },
    list: { effect: 'read', plan: (runtime) => ({ result: at(runtime).list() }) },
    wait: {
      effect: 'read',
      async plan(runtime, id, signal) {
        const isLive = isActive(at(runtime).get(id));
        return { result: isLive ? await runtime.wait(id, signal) : 0 };
      },
    },
    create: {
      effect: 'write',
      async plan(runtime, config, name) {
        for (const mode of [config.network, ...(config.moreNetworks ?? []).map(({ network }) => network)])
          runtime.checkNetwork(mode);
        const result = at(runtime).create(config, name);
        return {
          says: `create ${name === undefined ? 'a container with a random name' : `container ${name}`} ${describeConfig(config)}`,
          result,
        };
      },
    },
    start: {
      effect: 'exec',
      async plan(runtime, id, { sink } = {}) {
        const containers = at(runtime);
        const container = containers.get(id);
        if (container.paused) throw cannotStartPaused();
        if (isActive(container)) throw alreadyRunning(container);
        const { network, ports } = container.config;
        if (hasNetwork(network)) {
          await refuseTakenPorts(
            ports,
            containers.list().flatMap(({ lease }) => lease?.ports ?? []),
          );
        }
        containers.start(container);
        return { says: `start ${describe(container)}${sink ? ' and attach to it' : ''}`, result: IDLE };
      },
    },
    attach: {
      effect: 'exec',
      plan(runtime, id, sink) {
        const container = at(runtime).get(id);
        // A container that does not run throws its own error.
        if (!isActive(container)) runtime.attach(id, sink).detach();
        return { says: `attach to ${describe(container)}`, result: IDLE };
      },
    },
    exec: {
      effect: 'exec',
      async plan(runtime, id, { args, sink }) {
        const container = at(runtime).get(id);
        if (!isActive(container)) throw cannotExec(container);
        const words = args.map((word) => JSON.stringify(word)).join(' ');
        return { says: `run ${words} in ${describe(container)}${sink ? ' and attach to it' : ''}`, result: IDLE };
      },
    },
    putArchive: {
      effect: 'write',
      async plan(runtime, id, path): Promise<Planned<void>> {
        return { says: `copy into ${path} of ${describe(at(runtime).get(id))}` };
      },
    },
    kill: { effect: 'destroy', plan: planSignal },
    forwardSignal: { effect: 'destroy', plan: planSignal },
    stop: {
      effect: 'destroy',
      async plan(runtime, id): Promise<Planned<void>> {
        const containers = at(runtime);
        const container = containers.get(id);
        if (!isActive(container) && !container.restartAt) return {};
        containers.stop(container);
        return { says: `stop ${describe(container)}` };
      },
    },
    pids: 'read',
    rename: {
      effect: 'write',
      plan(runtime, id, name) {
        const container = at(runtime).get(id);
        at(runtime).rename(container, name.replace(/^\//, ''));
        return { says: `rename ${describe(container)} to ${name}`, result: undefined };
      },
    },
    pause: {
      effect: 'exec',
      async plan(runtime, id): Promise<Planned<void>> {
        const container = at(runtime).get(id);
        const refusal = pauseError(container);
        if (refusal) throw refusal;
        at(runtime).pause(container, true);
        return { says: `pause ${describe(container)}` };
      },
    },
    unpause: {
      effect: 'exec',
      async plan(runtime, id): Promise<Planned<void>> {
        const container = at(runtime).get(id);
        const refusal = unpauseError(container);
        if (refusal) throw refusal;
        at(runtime).pause(container, false);
        return { says: `unpause ${describe(container)}` };
      },
    },
    update: {
      effect: 'write',
      async plan(runtime, id, changes): Promise<Planned<void>> {
        const container = at(runtime).get(id);
        applyUpdate(container.config, changes);
        return { says: `change ${Object.keys(changes).join(', ')} of ${describe(container)}` };
      },
    },
    remove: {
      effect: 'destroy',
      async plan(runtime, id, { force, volumes }): Promise<Planned<void>> {
        const containers = at(runtime);
        const container = containers.get(id);
        if ((isActive(container) || container.restartAt) && !force) throw stillRunning(container);
        containers.remove(container);
        const kill = isActive(container) ? 'kill and ' : '';
        const along = volumes && container.config.mounts.some(({ type }) => type === 'volume');
        return {
          says: `${kill}remove ${describe(container)}${along ? ', with the anonymous volumes that only it uses' : ''}`,
        };
      },
    },
  };
}

/** A session without a program. */
const IDLE: ExecSession = {
  kill: async () => {},
  write: async () => {},
  end: () => {},
  resize: () => {},
  ended: Promise.resolve({ exitCode: 0, error: '' }),
  detach: () => {},
};

/** A planned container has no id yet. */
function describe({ id, name, created }: Container): string {
  return created === NOT_CREATED ? 'it' : `container ${name} (${shortId(id)})`;
}

/** `from busybox (port 8080 -> 80/tcp, volume site at /www, network none, removed when it ends)`. */
function describeConfig({ image, ports, mounts, network, autoRemove }: ContainerConfig): string {
  const details = [
    ...ports.map(({ hostAddress, hostPort, containerPort, protocol }) => {
      const at = hostAddress === undefined ? hostPort : socketAddress(hostAddress, hostPort ?? 0);
      const host = hostPort === undefined ? 'a free port' : `port ${at}`;
      return `${host} -> ${containerPort}/${protocol}`;
    }),
    ...mounts.map(describeMount),
    `network ${network}`,
    ...(autoRemove ? ['removed when it ends'] : []),
  ];
  return `from ${image} (${details.join(', ')})`;
}

function describeMount({ type, source, target, readOnly }: MountRequest): string {
  const what = type === 'bind' ? source : source ? `volume ${source}` : 'a new volume';
  return `${what} at ${target}${readOnly ? ', read-only' : ''}`;
}

function nameOf(signal: NodeJS.Signals | number): string {
  if (typeof signal === 'string') return signal;
  const known = Object.entries(constants.signals).find(([, number]) => number === signal);
  return known?.[0] ?? `signal ${signal}`;
}
