import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostHostsFile, hostnameFile, hostResolvConf, hostsFile, resolvConf } from '../../../sysinit/files.js';
import type { Lease } from '../../network/index.js';
import type { ContainerConfig } from '../contracts/index.js';
import { HOST_GATEWAY } from '../contracts/index.js';
import type { SpecMount } from '../oci/index.js';
import type { ContainerPaths } from '../records/index.js';

/** Writes hostname, hosts and resolv.conf of a container. They are mounted over its image's files in /etc. */
export function writeEtcFiles(
  paths: ContainerPaths,
  config: ContainerConfig,
  { lease, ipv6 }: { readonly lease: Lease | undefined; readonly ipv6: boolean },
): SpecMount[] {
  const name = config.hostname;
  const full = config.domainname ? `${name}.${config.domainname}` : name;
  const gateway = lease?.gateway ?? '127.0.0.1';
  const hosts = config.hosts.map((host) => (host.address === HOST_GATEWAY ? { ...host, address: gateway } : host));
  const dns = { servers: config.dns, search: config.dnsSearch, options: config.dnsOptions };
  writeNew(paths.hostname, hostnameFile(name));
  if (config.network === 'host') {
    writeNew(paths.hosts, hostHostsFile(readHostFile('/etc/hosts'), hosts));
    writeNew(paths.resolvConf, hostResolvConf(readHostFile, dns));
  } else {
    writeNew(paths.hosts, hostsFile(lease && { address: lease.address, name: full }, hosts));
    writeNew(paths.resolvConf, resolvConf(readHostFile, { ...dns, ipv6 }));
  }
  return etcMounts(paths, config.readOnlyRoot);
}

/** A file of its own for each run: a container that shares that of the last run may hold a lease on it. */
function writeNew(path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o644, flag: 'wx' });
}

/** @param readOnly as the container's root: a program that may write nothing changes no names, and fills no disk of the host */
export function etcMounts({ hostname, hosts, resolvConf }: ContainerPaths, readOnly: boolean): SpecMount[] {
  return [
    { source: hostname, destination: '/etc/hostname', readOnly },
    { source: hosts, destination: '/etc/hosts', readOnly },
    { source: resolvConf, destination: '/etc/resolv.conf', readOnly },
  ];
}

function readHostFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
