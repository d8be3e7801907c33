import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { identify, type ProcessIdentity, SHORT_LIVED_NODE, spawned, spawnProgram } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { isOfDevice, networkNamespace, setNetworkDefaults } from '../../../sysinit/network-defaults.js';
import type { Graph } from '../../image/index.js';
import type { Lease, Networks } from '../../network/index.js';
import { type Config } from '../../system/index.js';
import type { Volumes } from '../../volume/index.js';
import { allowRealtime } from '../cgroups/index.js';
import { type ContainerConfig, DEFAULT_TERMINAL_SIZE, type TerminalSize } from '../contracts/index.js';
import {
  type Bundle,
  inPrivateNamespaces,
  openContainerOutput,
  openInput,
  PATH,
  runtimeJson,
  SHELL,
  StdinPipe,
} from '../host/index.js';
import { type OciRuntime, probeRuntime, runtimeCommand, runtimeStateFolder } from '../oci/index.js';
import type { ContainerFolders, ContainerStore, StoredContainer } from '../records/index.js';
import { PTY_HOST } from '../terminals/index.js';
import { etcMounts, writeEtcFiles } from './etc-files.js';
import { joinNamespaces } from './join-namespaces.js';
import type { JoinedContainers } from './joined-containers.js';
import { linkEnvironment } from './link-environment.js';
import { CONSOLE_RUN_SCRIPT, RUN_SCRIPT, START_SIGNAL, WAIT_AND_RUN_SCRIPT } from './monitor-script.js';
import { isFilled, sourceOf, withSubpath } from './mount-source.js';
import { resolveSpec } from './resolve-spec.js';
import { copyUpVolumes } from './volume-copy-up.js';

const START_DESCRIPTOR = 3;

interface LaunchDependencies {
  readonly config: Config;
  readonly files: ContainerFolders;
  readonly graph: Graph;
  readonly networks: Pick<Networks, 'endpoints'>;
  readonly volumes: Volumes;
  readonly store: Pick<ContainerStore, 'find'>;
}

interface LaunchOptions {
  readonly joined: JoinedContainers;
  readonly lease: Lease | undefined;
  readonly size: TerminalSize | undefined;
}

/** A monitor that waits for the start signal. Disposed of instead, it ends without having started anything. */
export interface Monitor extends Disposable {
  readonly identity: ProcessIdentity;
  release(): void;
}

/**
 * Makes mounts, files and streams of a run, and its monitor, in namespaces of their own; the container's program has
 * not started yet.
 * @throws GantryError `no such program`, `not executable`, `invalid`, `unavailable`
 */
export async function startMonitor(
  services: LaunchDependencies,
  container: StoredContainer,
  bundle: Bundle,
  { lease, joined, size = DEFAULT_TERMINAL_SIZE }: LaunchOptions,
): Promise<{ monitor: Monitor; input: StdinPipe | undefined }> {
  const { id, config } = container;
  const linked = linkEnvironment(container, services.store);
  const runtime = probeRuntime();
  const paths = services.files.create(id);
  const rootFilesystem = services.graph.rootFilesystem(config.imageId, paths.upper, paths.work);
  await rootFilesystem.prepare();
  const mounts = config.mounts.map((mount) => sourceOf(mount, services.volumes));
  const ipv6 = services.networks.endpoints({ holder: id }).some(({ address }) => address?.ipv6);
  const etc = joined.network
    ? etcMounts(joined.network.paths, config.readOnlyRoot)
    : writeEtcFiles(paths, config, { lease, ipv6 });
  const hostNetwork = networkNamespace();
  const early = netSysctls(config).filter(([name]) => !lease || !isOfDevice(name));
  const cache = `${services.config.runDir}/cache`;
  bundle.create(config);
  if (config.cpuRealtimeRuntime) allowRealtime();
  const filled = mounts.filter((_, index) => isFilled(config.mounts[index]));
  // Older engines filled them at the first start. Later they are as their users left them.
  await copyUpVolumes(filled, rootFilesystem, bundle.rootfs, { empty: container.run <= 1 });

  using ends = new DisposableStack();
  using started = new DisposableStack();
  const streams = openStreams(bundle, config, ends);
  started.defer(() => streams.input?.close());
  const network = joined.network ? { of: joined.network.init } : config.network !== 'host';
  const child = inPrivateNamespaces({ network, cgroups: runtime.cgroups }, () => {
    deleteRuntimeState(services.config, runtime, id);
    rootFilesystem.mount(bundle.rootfs);
    if (config.network !== 'host' && !joined.network) setNetworkDefaults(hostNetwork, early);
    const volumes = mounts.map((mount, index) =>
      withSubpath(mount, config.mounts[index], `${bundle.subpaths}/${index}`),
    );
    const namespaces = joinNamespaces(joined, bundle.namespaces);
    const resolved = { id, namespaces, config, linked, runtime, root: bundle.rootfs, volumes, etc, size, cache };
    writeFileSync(bundle.config, runtimeJson(resolveSpec(resolved)), { mode: 0o600 });
    return spawnMonitor(services.config, runtime, bundle, { id, tty: config.tty, stdio: streams.container, size });
  });
  const monitor = monitorOf(await spawned(child));
  started.move();
  return { monitor, input: streams.input };
}

function monitorOf(child: ChildProcess): Monitor {
  child.on('error', () => {});
  child.unref();
  const go = child.stdio[START_DESCRIPTOR] as Writable;
  go.on('error', () => {});
  using started = new DisposableStack();
  started.defer(() => void go.destroy());
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new GantryError('unavailable', 'The monitor of the container could not be started');
  const cancel = started.move();
  return { identity, release: () => void go.end(START_SIGNAL), [Symbol.dispose]: () => cancel.dispose() };
}

function spawnMonitor(
  config: Config,
  runtime: OciRuntime,
  bundle: Bundle,
  run: { id: string; tty: boolean; stdio: Streams['container']; size: TerminalSize },
): ChildProcess {
  const command = runtimeCommand(config, runtime, bundle.runtimeLog);
  const script = run.tty ? (runtime.sendsConsole ? CONSOLE_RUN_SCRIPT : RUN_SCRIPT) : WAIT_AND_RUN_SCRIPT;
  const monitor = ['-c', script, 'gantry-monitor', bundle.path, run.id, ...command];
  const how = runtime.sendsConsole ? 'console' : 'pass';
  const host = [
    ...SHORT_LIVED_NODE,
    PTY_HOST,
    how,
    bundle.sizes,
    String(run.size.columns),
    String(run.size.rows),
    SHELL,
  ];
  return spawnProgram(run.tty ? process.execPath : SHELL, run.tty ? [...host, ...monitor] : monitor, {
    // In a session of its own: a terminal's signals to the engine do not reach the container.
    detached: true,
    cwd: '/',
    env: { PATH },
    stdio: [...run.stdio, 'pipe'],
  });
}

/** A runtime that was killed has not deleted its state, and would refuse to run the container again. */
function deleteRuntimeState(config: Config, runtime: OciRuntime, id: string): void {
  const state = runtimeStateFolder(config, runtime);
  if (existsSync(`${state}/${id}`)) {
    spawnSync(runtime.path, ['--root', state, 'delete', '--force', id], { env: { PATH }, stdio: 'ignore' });
  }
}

interface Streams {
  /** The container's descriptors 0, 1 and 2. What is ignored is the /dev/null of the monitor's namespace. */
  readonly container: readonly (number | 'ignore')[];
  readonly input: StdinPipe | undefined;
}

/** @param ends receives the container's ends, which are the monitor's once that has started */
function openStreams(bundle: Bundle, { openStdin, stdinOnce, tty }: ContainerConfig, ends: DisposableStack): Streams {
  using opened = new DisposableStack();
  // A terminal's input never ends, even when clients leave.
  const once = stdinOnce && !tty;
  const input = openStdin ? openInput(bundle.stdin, !once) : undefined;
  if (input) opened.use(input.engine);
  const stdin = input ? ends.use(input.container).fd : 'ignore';
  const stdout = ends.use(openContainerOutput(bundle.stdout)).fd;
  const stderr = ends.use(openContainerOutput(tty ? bundle.stdout : bundle.stderr)).fd;
  opened.move();
  return { container: [stdin, stdout, stderr], input: input && new StdinPipe(input.engine.fd, once) };
}

/** Sysctls of devices, for when the network has made them. */
export function deviceSysctls(config: ContainerConfig): [string, string][] {
  return netSysctls(config).filter(([name]) => isOfDevice(name));
}

/** Sysctls of the network namespace, which the runtime does not create. */
function netSysctls({ sysctls }: ContainerConfig): [string, string][] {
  return Object.entries(sysctls).filter(([name]) => name.startsWith('net.'));
}
