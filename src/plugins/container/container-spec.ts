import { readFileSync, writeFileSync } from 'node:fs';
import { ContainerTree } from '../../sysinit/container-tree.js';
import { hostnameFile, hostsFile, resolvConf } from '../../sysinit/files.js';
import { checkMountPoints } from '../../sysinit/mount-points.js';
import { findProgram } from '../../sysinit/program.js';
import { checkProgramFormat } from '../../sysinit/program-format.js';
import { resolveUser } from '../../sysinit/users.js';
import { prepareWorkingDirectory } from '../../sysinit/working-directory.js';
import type { Lease } from '../network/index.js';
import { DEFAULT_CAPABILITIES } from './capabilities.js';
import type { ContainerPaths } from './container-files.js';
import type { ContainerConfig } from './contracts.js';
import { mergeEnvironment } from './environment.js';
import { oomScoreAdj, rlimits } from './limits.js';
import type { SpecMount } from './oci-mounts.js';
import type { OciRuntime } from './oci-runtime.js';
import { compiledSeccomp } from './oci-seccomp-compiled.js';
import { buildSpec } from './oci-spec.js';
import type { OciSpec } from './oci-types.js';
import { seccompProfile } from './seccomp.js';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface TerminalCells {
  readonly columns: number;
  readonly rows: number;
}

/** The files of /etc that tell a container where it is, bound over what its image has there. */
export function writeEtc(paths: ContainerPaths, config: ContainerConfig, lease: Lease | undefined): SpecMount[] {
  writeFileSync(paths.hostname, hostnameFile(config.hostname), { mode: 0o644 });
  writeFileSync(paths.hosts, hostsFile(lease && { address: lease.address, name: config.hostname }), { mode: 0o644 });
  writeFileSync(paths.resolvConf, resolvConf(readHostFile), { mode: 0o644 });
  return etcMounts(paths);
}

export function etcMounts(paths: ContainerPaths): SpecMount[] {
  return [
    { source: paths.hostname, destination: '/etc/hostname', readOnly: false },
    { source: paths.hosts, destination: '/etc/hosts', readOnly: false },
    { source: paths.resolvConf, destination: '/etc/resolv.conf', readOnly: false },
  ];
}

function readHostFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

export interface SpecParts {
  readonly id: string;
  readonly config: ContainerConfig;
  readonly runtime: OciRuntime;
  /** Where the container's root is mounted. */
  readonly root: string;
  readonly volumes: readonly SpecMount[];
  readonly etc: readonly SpecMount[];
  /** Of the terminal, if it has one. */
  readonly size: TerminalCells;
  /** A folder for what is made once and used for all containers. */
  readonly cache: string;
}

/** Settles who runs what and where by the container's own files, safely against any link in there. */
export function specFor({ id, config, runtime, root, volumes, etc, size, cache }: SpecParts): OciSpec {
  const tree = new ContainerTree(root, volumes);
  checkMountPoints(tree);
  const user = resolveUser(root, config.process.User ?? '');
  const cwd = prepareWorkingDirectory(tree, config.process.WorkingDir ?? '');
  const env = mergeEnvironment(
    [`PATH=${PATH}`, `HOME=${user.home}`, ...(config.tty ? ['TERM=xterm'] : [])],
    config.process.Env ?? [],
  );
  const path = env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? '';
  checkProgramFormat(tree, findProgram(tree, { program: config.args[0] ?? '', path, cwd, user }));
  const seccomp = config.privileged ? undefined : seccompProfile(DEFAULT_CAPABILITIES);
  return buildSpec({
    hostname: config.hostname,
    args: config.args,
    env,
    cwd,
    user,
    ...(config.tty && { size }),
    readOnlyRoot: config.readOnlyRoot,
    privileged: config.privileged,
    mounts: [...etc, ...volumes],
    resources: { memory: config.memory, limitsSwap: runtime.limitsSwap },
    seccomp,
    compiledSeccomp: runtime.name === 'crun' && seccomp ? compiledSeccomp(seccomp, cache) : undefined,
    rlimits: rlimits(),
    oomScoreAdj: oomScoreAdj(),
    cgroups: runtime.cgroups,
    cgroupsPath: `/gantry/${id}`,
  });
}
