import type { User } from '../../../sysinit/users.js';
import type { CgroupMode } from '../cgroups/index.js';
import type { OciDevice, OciDeviceRule, OciMount, OciRlimit, OciSeccomp, OciSpec } from '../contracts/index.js';
import { allCapabilities, DEFAULT_CAPABILITIES } from '../parsers/index.js';
import type { RuntimeName } from './advisories.js';
import { cgroupLimits, type SpecResources } from './cgroup-limits.js';
import { ALL_DEVICES_RULE, DEVICE_RULES, hostDevices } from './devices.js';
import { maskedPaths, readonlyPaths } from './masked-paths.js';
import { mountsFor, rootPropagation, type SpecMount } from './mounts.js';

export interface SpecInput {
  /** Absent: the host's. */
  readonly hostname?: string | undefined;
  /** Program and arguments as the user wrote them: the runtime searches PATH again, and argv[0] stays unchanged. */
  readonly args: readonly string[];
  /** `NAME=value`, complete: PATH and HOME are in it. */
  readonly env: readonly string[];
  /** Absolute, as `prepareWorkingDirectory` returns it. */
  readonly cwd: string;
  readonly user: Pick<User, 'uid' | 'gid' | 'additionalGids'>;
  /** Of its terminal, in cells; absent: it has none. */
  readonly size?: { readonly columns: number; readonly rows: number };
  readonly readOnlyRoot: boolean;
  /** Binds beyond the defaults; one at a default's destination replaces it. */
  readonly mounts: readonly SpecMount[];
  /** Mounts of other kinds; they replace defaults alike. */
  readonly otherMounts?: readonly OciMount[];
  readonly resources: SpecResources;
  readonly seccomp: OciSeccomp | undefined;
  /** The filter of `seccomp`, compiled by `compiledFilter`, for a runtime that accepts it. */
  readonly compiledSeccomp?: string | undefined;
  /** From `rlimits()`. */
  readonly rlimits: readonly OciRlimit[];
  /** From `oomScoreAdj()`. */
  readonly oomScoreAdj?: number | undefined;
  /** All capabilities and devices, no masked paths, /sys and /proc/sys to write to; the caller leaves out seccomp. */
  readonly privileged?: boolean;
  readonly capabilities?: readonly string[];
  readonly noNewPrivileges?: boolean;
  /** In addition to the default ones; a privileged container has all. */
  readonly devices?: readonly OciDevice[];
  readonly deviceRules?: readonly OciDeviceRule[];
  readonly sysctl?: Readonly<Record<string, string>>;
  /** Namespaces that are the host's: `pid`, `ipc`, `uts`. */
  readonly hostNamespaces?: readonly string[];
  /** Files of nsfs by the type of a namespace that is another container's. */
  readonly joinedNamespaces?: Readonly<Record<string, string>>;
  /** Nothing of /proc and /sys is masked or read-only by a mount of its own. */
  readonly unconfinedPaths?: boolean | undefined;
  readonly writableCgroups?: boolean | undefined;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly cgroups: CgroupMode;
  /** Which of the two it is for. */
  readonly runtime: RuntimeName;
  /** `/gantry/<id>`. */
  readonly cgroupsPath: string;
}

/** Docker's own. */
const UMASK = 0o022;
/** crun(1): used instead of `linux.seccomp`. Other runtimes ignore it. */
const COMPILED_SECCOMP = 'run.oci.seccomp_bpf_data';
/** The network namespace is missing on purpose: the runtime is started inside the container's. */
const NAMESPACES = ['mount', 'uts', 'pid', 'ipc', 'cgroup'];

/**
 * The OCI configuration of a container whose root is mounted at the bundle's `rootfs`, and whose runtime is started
 * inside its network namespace.
 */
export function buildSpec(input: SpecInput): OciSpec {
  const { uid, gid, additionalGids } = input.user;
  const { privileged = false } = input;
  const showsAll = privileged || (input.unconfinedPaths ?? false);
  const propagation = rootPropagation(input.mounts);
  const capabilities = input.capabilities ?? (privileged ? allCapabilities() : DEFAULT_CAPABILITIES);
  const mounts = mountsFor(input, {
    writable: privileged,
    writableCgroups: privileged || (input.writableCgroups ?? false),
  });
  return {
    ociVersion: '1.0.2',
    ...(input.hostname !== undefined && { hostname: input.hostname }),
    root: { path: 'rootfs', readonly: input.readOnlyRoot },
    process: {
      terminal: input.size !== undefined,
      ...(input.size && { consoleSize: { height: input.size.rows, width: input.size.columns } }),
      user: { uid, gid, umask: UMASK, additionalGids },
      args: input.args,
      env: input.env,
      cwd: input.cwd,
      capabilities: {
        bounding: capabilities,
        effective: capabilities,
        permitted: capabilities,
        inheritable: [], // CVE-2022-24769
        ambient: [],
      },
      rlimits: input.rlimits,
      noNewPrivileges: input.noNewPrivileges ?? false,
      ...(input.oomScoreAdj !== undefined && { oomScoreAdj: input.oomScoreAdj }),
    },
    mounts,
    linux: {
      ...(propagation && { rootfsPropagation: propagation }),
      namespaces: NAMESPACES.filter((type) => !input.hostNamespaces?.includes(type)).map((type) => {
        const path = input.joinedNamespaces?.[type];
        return { type, ...(path !== undefined && { path }) };
      }),
      cgroupsPath: input.cgroupsPath,
      resources: {
        devices: privileged ? ALL_DEVICES_RULE : [...DEVICE_RULES, ...(input.deviceRules ?? [])],
        ...cgroupLimits(input.resources),
      },
      devices: [...(privileged ? hostDevices() : []), ...(input.devices ?? [])],
      ...(input.sysctl && { sysctl: input.sysctl }),
      ...(input.seccomp && { seccomp: input.seccomp }),
      maskedPaths: showsAll ? [] : maskedPaths(),
      readonlyPaths: showsAll ? [] : readonlyPaths(input.runtime, mounts),
    },
    annotations: { ...input.annotations, ...(input.compiledSeccomp && { [COMPILED_SECCOMP]: input.compiledSeccomp }) },
  };
}
