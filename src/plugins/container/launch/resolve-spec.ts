import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { checkArgumentList } from '../../../sysinit/argument-list.js';
import { ContainerTree } from '../../../sysinit/container-tree.js';
import { checkFileCapabilities } from '../../../sysinit/file-capabilities.js';
import {
  checkMountPoints,
  type MountPoint,
  makeMountPoints,
  makeRootMountPoints,
} from '../../../sysinit/mount-points.js';
import { findProgram } from '../../../sysinit/program.js';
import { checkProgramFormat } from '../../../sysinit/program-format.js';
import { resolveUser } from '../../../sysinit/users.js';
import { prepareWorkingDirectory } from '../../../sysinit/working-directory.js';
import { DEFAULT_PATH } from '../../image/index.js';
import { cgroupNamespace } from '../cgroups/index.js';
import type { ContainerConfig, OciSpec, TerminalSize } from '../contracts/index.js';
import { oomScoreAdj, rlimits } from '../host/index.js';
import {
  buildSpec,
  HOST_IPC_MOUNTS,
  initArguments,
  initMount,
  type OciRuntime,
  requestedDevices,
  type SpecMount,
  sharedMemoryMount,
} from '../oci/index.js';
import { allCapabilities, capabilitiesOf, capabilityBits, mergeEnvironment, withHome } from '../parsers/index.js';
import { compiledFilter, loadSeccomp } from '../seccomp/index.js';
import type { JoinedNamespaces } from './join-namespaces.js';
import { withNullDevice } from './null-device.js';
import { tmpfsMounts } from './tmpfs-mounts.js';

interface SpecParts {
  readonly id: string;
  readonly config: ContainerConfig;
  /** Variables of the containers that it is linked with. */
  readonly linked: readonly string[];
  readonly runtime: OciRuntime;
  /** Where the container's root is mounted. */
  readonly root: string;
  readonly volumes: readonly SpecMount[];
  readonly etc: readonly SpecMount[];
  readonly namespaces: JoinedNamespaces;
  /** Of the terminal, if it has one. */
  readonly size: TerminalSize;
  /** A folder for files that are made once and used by all containers. */
  readonly cache: string;
}

function mountPointOf({ source, destination }: Pick<SpecMount, 'source' | 'destination'>): MountPoint {
  return { destination, isFolder: statSync(source).isDirectory() };
}

/**
 * Resolves user, working folder, program and environment against the container's own files, safely against hostile
 * links, and builds the OCI configuration.
 */
export function resolveSpec(parts: SpecParts): OciSpec {
  const { id, config, linked, runtime, root, volumes, etc, namespaces, size, cache } = parts;
  // Of the image's folders, before those that it lacks are made.
  const tmpfs = tmpfsMounts(new ContainerTree(root, volumes), config.tmpfs);
  const tmpfsPoints = config.tmpfs.map(({ target }) => ({ destination: target, isFolder: true }));
  makeRootMountPoints(new ContainerTree(root, []), [...volumes.map(mountPointOf), ...tmpfsPoints]);
  const tree = new ContainerTree(root, volumes);
  checkMountPoints(tree);
  const user = resolveUser(tree, config.process.User ?? '', config.groupAdd);
  const cwd = prepareWorkingDirectory(tree, config.process.WorkingDir ?? '');
  const hostName = config.uts === 'host' ? hostname() : config.hostname;
  const given = [`PATH=${DEFAULT_PATH}`, `HOSTNAME=${hostName}`, ...(config.tty ? ['TERM=xterm'] : []), ...linked];
  const env = withHome(mergeEnvironment(given, config.process.Env ?? []), user.home);
  const path = env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? '';
  const program = findProgram(tree, { program: config.args[0] ?? '', path, cwd, user });
  checkProgramFormat(tree, program);
  checkArgumentList(config.args, env);
  const capabilities = config.privileged ? undefined : capabilitiesOf(config);
  checkFileCapabilities(tree, program, capabilityBits(capabilities ?? allCapabilities()));
  const seccomp = capabilities && loadSeccomp(config.seccomp, capabilities);
  const { devices, rules } = requestedDevices(config.devices);
  const init = config.init ? initMount() : undefined;
  const mounts = [
    ...etc,
    ...(init ? [init] : []),
    ...(runtime.name === 'crun' ? withNullDevice(volumes, config, user) : volumes),
    ...(config.ipc === 'host' ? HOST_IPC_MOUNTS : []),
    ...namespaces.mounts,
  ];
  makeMountPoints(root, volumes, [...mounts.map(mountPointOf), ...tmpfsPoints]);
  return buildSpec({
    hostname: config.uts === 'host' ? undefined : config.hostname,
    args: [...(init ? initArguments(init, config.pid === 'private') : []), ...config.args],
    env,
    cwd,
    user,
    ...(config.tty && { size }),
    readOnlyRoot: config.readOnlyRoot,
    privileged: config.privileged,
    ...(capabilities && { capabilities }),
    noNewPrivileges: config.noNewPrivileges,
    devices,
    deviceRules: [...rules, ...(config.deviceRules ?? [])],
    sysctl: sysctlsOf(config),
    hostNamespaces: [
      ...(['pid', 'ipc', 'uts'] as const).filter((type) => config[type] === 'host'),
      ...(cgroupNamespace(config, runtime.cgroups) === 'host' ? ['cgroup'] : []),
    ],
    annotations: config.annotations,
    unconfinedPaths: config.unconfinedPaths,
    writableCgroups: config.writableCgroups,
    joinedNamespaces: namespaces.files,
    mounts,
    otherMounts: [...tmpfs, ...sharedMemoryMount(config)],
    resources: { ...config, limitsSwap: runtime.limitsSwap },
    seccomp,
    compiledSeccomp: runtime.name === 'crun' && seccomp ? compiledFilter(seccomp, cache) : undefined,
    rlimits: rlimits(config.rlimits),
    oomScoreAdj: config.oomScoreAdj || oomScoreAdj(),
    cgroups: runtime.cgroups.mode,
    runtime: runtime.name,
    cgroupsPath: `/gantry/${id}`,
  });
}

/** Those of the network namespace, which the runtime does not make, are set before. */
function sysctlsOf({ sysctls, domainname, uts }: ContainerConfig): Readonly<Record<string, string>> {
  const others = Object.entries(sysctls).filter(([name]) => !name.startsWith('net.'));
  return {
    ...(domainname && uts !== 'host' && { 'kernel.domainname': domainname }),
    ...Object.fromEntries(others),
  };
}
