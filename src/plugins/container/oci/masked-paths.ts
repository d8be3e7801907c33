import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OciMount } from '../contracts/index.js';
import type { RuntimeName } from './advisories.js';

/** Paths that reveal or could harm the host: Docker 28's list. */
const MASKED_PATHS: readonly string[] = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts', // GHSA-6fw5-f8r9-fgfm
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap', // GHSA-jq35-85cj-fj4p
  '/sys/firmware',
];

/** Paths that a container may not write to: Docker's list. */
export const READONLY_PATHS: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];
const CGROUPS = '/sys/fs/cgroup';

/**
 * With runc, /sys/fs/cgroup is one of them, since it leaves the tmpfs that the hierarchies of version 1 are on writable. crun would
 * bind these there once more before they are made read-only, and leave them writable; `mounts.ts` has another way for it.
 */
export function readonlyPaths(runtime: RuntimeName, mounts: readonly OciMount[]): readonly string[] {
  const isOwn = mounts.some(({ destination, type }) => destination === CGROUPS && type === 'cgroup');
  return runtime === 'runc' && isOwn ? [...READONLY_PATHS, CGROUPS] : READONLY_PATHS;
}

const CPUS = '/sys/devices/system/cpu';

let masked: readonly string[] | undefined;

/** Masked paths that exist on this host. */
export function maskedPaths(): readonly string[] {
  masked ??= [...MASKED_PATHS, ...thermalThrottles()];
  return masked;
}

/** GHSA-6fw5-f8r9-fgfm. */
function thermalThrottles(): string[] {
  if (!existsSync(CPUS)) return [];
  return readdirSync(CPUS)
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => join(CPUS, name, 'thermal_throttle'))
    .filter((path) => existsSync(path));
}
