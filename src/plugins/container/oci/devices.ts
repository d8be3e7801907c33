import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import type { DeviceRequest, OciDevice, OciDeviceRule } from '../contracts/index.js';
import { deviceNumber } from './device-number.js';

/** Docker's rules for the device cgroup. Runtimes add the terminals and the making of nodes, which grants no access. */
export const DEVICE_RULES: readonly OciDeviceRule[] = [
  { allow: false, access: 'rwm' },
  device(1, 3), // null
  device(1, 5), // zero
  device(1, 7), // full
  device(1, 8), // random
  device(1, 9), // urandom
  device(5, 0), // tty
  device(5, 1), // console
];

function device(major: number, minor: number): OciDeviceRule {
  return { allow: true, type: 'c', major, minor, access: 'rwm' };
}

export const ALL_DEVICES_RULE: readonly OciDeviceRule[] = [{ allow: true, access: 'rwm' }];

/** Made by the runtime, or the container's own. */
const OWN_NODES = new Set(['console', 'full', 'null', 'ptmx', 'random', 'tty', 'urandom', 'zero']);
/** File systems of their own in a container, and nodes of the host's device manager: Docker's list. */
const LEFT_OUT = new Set(['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts', '.udev']);
const PERMISSIONS = 0o777;

/** Every device node of the host, for a privileged container. */
export function hostDevices(folder = '/dev'): OciDevice[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : hostDevices(path);
    const isNode = entry.isCharacterDevice() || entry.isBlockDevice();
    if (!isNode || (folder === '/dev' && OWN_NODES.has(entry.name))) return [];
    // It may have been unplugged since.
    const found = statSync(path, { throwIfNoEntry: false });
    return found ? [nodeOf(path, found)] : [];
  });
}

/**
 * The nodes that `--device` asks for, and the rules that let the container use them.
 * @throws GantryError `invalid`, in Docker's words, for what is no device
 */
export function requestedDevices(requests: readonly DeviceRequest[]): { devices: OciDevice[]; rules: OciDeviceRule[] } {
  const found = requests.flatMap((request) => nodesOf(request).map((node) => ({ node, access: request.access })));
  return {
    devices: found.map(({ node }) => node),
    rules: found.map(({ node: { type, major, minor }, access }) => ({ allow: true, type, major, minor, access })),
  };
}

function nodesOf({ source, target }: DeviceRequest): OciDevice[] {
  const stats = statSync(source, { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    const nodes = hostDevices(source);
    if (nodes.length > 0) return nodes.map((node) => ({ ...node, path: join(target, node.path.slice(source.length)) }));
  }
  if (stats?.isCharacterDevice() || stats?.isBlockDevice()) return [{ ...nodeOf(source, stats), path: target }];
  const reason = stats ? 'not a device node' : 'no such file or directory';
  throw new GantryError(
    'invalid',
    `error gathering device information while adding custom device "${source}": ${reason}`,
  );
}

function nodeOf(path: string, found: Stats): OciDevice {
  return {
    path,
    type: found.isBlockDevice() ? 'b' : 'c',
    ...deviceNumber(found.rdev),
    fileMode: found.mode & PERMISSIONS,
    uid: found.uid,
    gid: found.gid,
  };
}
