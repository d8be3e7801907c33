import { isIP } from 'node:net';
import { posix } from 'node:path';
import { GantryError, parseLabels } from '../../../kernel/index.js';
import type { DeviceRequest, IsolationSettings, OciDeviceRule } from '../contracts/index.js';
import { HOST_GATEWAY } from '../contracts/index.js';
import type { ContainerFlags } from '../flags/index.js';
import { parseCapability, parseSysctlFlags } from '../parsers/index.js';
import type { ClientContext } from './client-files.js';
import { namespaceSettings } from './namespace-settings.js';
import { securitySettings } from './security-settings.js';

/** @param network the mode. @throws GantryError `usage`, `invalid`, `not found` (a seccomp profile) */
export async function isolationSettings(
  options: ContainerFlags,
  network: string,
  client: ClientContext,
): Promise<Omit<IsolationSettings, 'tmpfs'>> {
  const namespaces = namespaceSettings(options);
  if (options.isolation !== '' && options.isolation !== 'default') {
    throw invalid(`invalid isolation: ${options.isolation}`);
  }
  if (options.gpus.length > 0) {
    throw new GantryError('unavailable', 'could not select device driver "" with capabilities: [[gpu]]', {
      hint: 'Give it the nodes of the GPU with --device',
    });
  }
  return {
    capAdd: options.capAdd.map(parseCapability),
    capDrop: options.capDrop.map(parseCapability),
    devices: options.device.map(parseDevice),
    ...(await securitySettings(options.securityOpt, client)),
    ...(options.deviceCgroupRule.length > 0 && { deviceRules: options.deviceCgroupRule.map(parseDeviceRule) }),
    sysctls: parseSysctlFlags(options.sysctl, { ...namespaces, network }),
    groupAdd: options.groupAdd.filter(Boolean).map(checkGroup),
    ...namespaces,
    hosts: options.addHost.map(parseHost),
    dns: options.dns.map(checkDnsServer),
    dnsSearch: options.dnsSearch.map(checkDnsSearch),
    ...(options.dnsOption.length > 0 && { dnsOptions: options.dnsOption.map(checkDnsOption) }),
    annotations: parseAnnotations(options.annotation),
  };
}

/** `c 1:3 rwm`, `a *:* rwm`. */
function parseDeviceRule(value: string): OciDeviceRule {
  const [, type, major, minor, access = ''] = /^([acb]) (\d{1,9}|\*):(\d{1,9}|\*) ([rwm]{1,3})$/.exec(value) ?? [];
  if (type === undefined) throw usage(`invalid device cgroup format '${value}'`);
  return {
    ...{ allow: true, type: type as 'a' | 'b' | 'c', access },
    ...(major !== '*' && { major: Number(major) }),
    ...(minor !== '*' && { minor: Number(minor) }),
  };
}

/** `/dev/fuse`, `/dev/sda:/dev/disk`, `/dev/sda:/dev/disk:r`, `/dev/sda:r`. */
function parseDevice(value: string): DeviceRequest {
  const [source = '', second, third, ...more] = value.split(':');
  const isAccess = third === undefined && second !== undefined && /^[rwm]{1,3}$/.test(second);
  const target = isAccess ? source : (second ?? source);
  const access = isAccess ? second : (third ?? 'rwm');
  const isBad = more.length > 0 || value.includes('\0') || !source.startsWith('/') || !target.startsWith('/');
  if (isBad || !/^[rwm]{1,3}$/.test(access)) throw usage(`bad format for a device: ${JSON.stringify(value)}`);
  return { source: posix.normalize(source), target: posix.normalize(target), access };
}

function checkGroup(group: string): string {
  if (!/^[^\s:,]+$/.test(group)) throw invalid(`invalid group: ${JSON.stringify(group)}`);
  return group;
}

/** `name:address`, `name=address`; `host-gateway` stands for the host itself. */
function parseHost(value: string): { name: string; address: string } {
  const [, name = '', address = ''] = /^([^\s:=]+)[:=]\[?([^\s\]]+)\]?$/.exec(value) ?? [];
  if (name === '') throw usage(`bad format for add-host: ${JSON.stringify(value)}`);
  if (address !== HOST_GATEWAY && isIP(address) === 0)
    throw usage(`invalid IP address in add-host: ${JSON.stringify(address)}`);
  return { name, address };
}

function checkDnsServer(address: string): string {
  if (isIP(address) === 0) throw usage(`IP address is not correctly formatted: ${address}`);
  return address;
}

/** A lone dot removes the host's search domains. */
function checkDnsSearch(domain: string): string {
  if (domain !== '.' && !/^[a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_.])?$/.test(domain))
    throw usage(`${domain} is not a valid domain`);
  return domain;
}

/** A line of the file has several, with blanks in between. */
function checkDnsOption(option: string): string {
  if (!/^[\x21-\x7e]+$/.test(option)) throw usage(`invalid DNS option: ${JSON.stringify(option)}`);
  return option;
}

function parseAnnotations(entries: readonly string[]): Readonly<Record<string, string>> {
  // Annotations of the runtime's own change how it works, the system call filter included.
  const own = entries.find((entry) => /^(run\.oci|org\.criu)\./.test(entry));
  if (own !== undefined) throw invalid(`annotation ${JSON.stringify(own)} is the runtime's own`);
  return parseLabels(entries);
}

function invalid(message: string): GantryError {
  return new GantryError('invalid', message);
}

/** What Docker's client finds wrong. */
function usage(message: string): GantryError {
  return new GantryError('usage', message);
}
