import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

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

/**
 * Paths that a container may not write to: Docker's list. `/sys/fs/cgroup` must not join it on version 1: crun 1.8
 * would bind the hierarchies there once more before they are made read-only, and leave them writable.
 */
export const READONLY_PATHS: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];

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
