import { isIP } from 'node:net';
import { posix } from 'node:path';
import { GantryError, parseLabels } from '../../../kernel/index.js';
import type { DeviceRequest, IsolationSettings } from '../contracts/index.js';
import { HOST_GATEWAY } from '../contracts/index.js';
import type { ContainerFlags } from '../flags/index.js';
import { parseCapability, parseSysctlFlags } from '../parsers/index.js';
import type { ClientContext } from './client-files.js';
import { securitySettings } from './security-settings.js';

type Namespaces = Pick<IsolationSettings, 'ipc' | 'pid' | 'uts' | 'cgroupns'>;

/** @throws GantryError `usage`, `invalid`, `not found` (a seccomp profile) */
export async function isolationSettings(
  options: ContainerFlags,
  client: ClientContext,
): Promise<Omit<IsolationSettings, 'tmpfs'>> {
  const namespaces = namespacesOf(options);
  return {
    capAdd: options.capAdd.map(parseCapability),
    capDrop: options.capDrop.map(parseCapability),
    devices: options.device.map(parseDevice),
    ...(await securitySettings(options.securityOpt, client)),
    sysctls: parseSysctlFlags(options.sysctl, { ...namespaces, network: options.network }),
    groupAdd: options.groupAdd.map(checkGroup),
    ...namespaces,
    hosts: options.addHost.map(parseHost),
    dns: options.dns.map(checkDnsServer),
    dnsSearch: options.dnsSearch.map(checkDnsSearch),
    annotations: parseAnnotations(options.annotation),
  };
}

function namespacesOf({ ipc, pid, uts, cgroupns, userns, hostname }: ContainerFlags): Namespaces {
  if (userns !== '' && userns !== 'host') throw invalid(`--userns: invalid USER mode: ${userns}`);
  if (uts === 'host' && hostname) throw invalid('conflicting options: hostname and the UTS mode');
  return {
    // `shareable` lets other containers join this one's IPC namespace, which needs nothing here.
    ipc: modeOf('IPC', ipc === 'shareable' ? 'private' : ipc, ['private', 'none', 'host']),
    pid: modeOf('PID', pid, ['private', 'host']),
    uts: modeOf('UTS', uts, ['private', 'host']),
    ...(cgroupns && { cgroupns: modeOf('CGROUP', cgroupns, ['private', 'host'], '--cgroupns') }),
  };
}

function modeOf<const M extends string>(
  what: string,
  given: string,
  known: readonly ['private', ...M[]],
  flag = `--${what.toLowerCase()}`,
) {
  const mode = known.find((each) => each === (given || 'private'));
  if (!mode) throw invalid(`${flag}: invalid ${what} mode: ${given}`);
  return mode;
}

/** `/dev/fuse`, `/dev/sda:/dev/disk`, `/dev/sda:/dev/disk:r`, `/dev/sda:r`. */
function parseDevice(value: string): DeviceRequest {
  const [source = '', second, third, ...more] = value.split(':');
  const isAccess = third === undefined && second !== undefined && /^[rwm]{1,3}$/.test(second);
  const target = isAccess ? source : (second ?? source);
  const access = isAccess ? second : (third ?? 'rwm');
  const isBad = more.length > 0 || value.includes('\0') || !source.startsWith('/') || !target.startsWith('/');
  if (isBad || !/^[rwm]{1,3}$/.test(access)) throw invalid(`bad format for a device: ${JSON.stringify(value)}`);
  return { source: posix.normalize(source), target: posix.normalize(target), access };
}

function checkGroup(group: string): string {
  if (!/^[^\s:,]+$/.test(group)) throw invalid(`invalid group: ${JSON.stringify(group)}`);
  return group;
}

/** `name:address`, `name=address`; `host-gateway` stands for the host itself. */
function parseHost(value: string): { name: string; address: string } {
  const [, name = '', address = ''] = /^([^\s:=]+)[:=]\[?([^\s\]]+)\]?$/.exec(value) ?? [];
  if (name === '') throw invalid(`bad format for add-host: ${JSON.stringify(value)}`);
  if (address !== HOST_GATEWAY && isIP(address) === 0)
    throw invalid(`invalid IP address in add-host: ${JSON.stringify(address)}`);
  return { name, address };
}

function checkDnsServer(address: string): string {
  if (isIP(address) === 0) throw invalid(`IP address is not correctly formatted: ${address}`);
  return address;
}

/** A lone dot removes the host's search domains. */
function checkDnsSearch(domain: string): string {
  if (domain !== '.' && !/^[a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_.])?$/.test(domain))
    throw invalid(`${domain} is not a valid domain`);
  return domain;
}

function parseAnnotations(entries: readonly string[]): Readonly<Record<string, string>> {
  const wrong = entries.find((entry) => !entry.includes('='));
  if (wrong !== undefined) throw invalid(`invalid annotation ${JSON.stringify(wrong)}: expected KEY=VALUE`);
  // Annotations of the runtime's own change how it works, the system call filter included.
  const own = entries.find((entry) => /^(run\.oci|org\.criu)\./.test(entry));
  if (own !== undefined) throw invalid(`annotation ${JSON.stringify(own)} is the runtime's own`);
  return parseLabels(entries);
}

function invalid(message: string): GantryError {
  return new GantryError('invalid', message);
}
