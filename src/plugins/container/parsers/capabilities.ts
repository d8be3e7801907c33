import { readFileSync } from 'node:fs';
import { GantryError } from '../../../kernel/index.js';

/**
 * Docker's default set, for root and others alike: the kernel removes the effective ones from a user who is not root.
 */
export const DEFAULT_CAPABILITIES: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
];

/** By their numbers in <linux/capability.h>. */
const NAMES = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ');

/** All capabilities that the engine itself has: a host may withhold some from it. */
export function allCapabilities(): readonly string[] {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  const bits = BigInt(`0x${bounding}`);
  return NAMES.filter((_, number) => (bits >> BigInt(number)) & 1n).map((name) => `CAP_${name}`);
}

/** A bit for each, by its number. */
export function capabilityBits(capabilities: readonly string[]): bigint {
  return capabilities.reduce((bits, name) => bits | (1n << BigInt(NAMES.indexOf(name.replace('CAP_', '')))), 0n);
}

/** For completion: the names without `CAP_`, and `ALL`. */
export const CAPABILITY_WORDS: readonly string[] = ['ALL', ...NAMES];

const ALL = 'ALL';

/**
 * Normalises a user's `net_admin`, `CAP_NET_ADMIN`, `all` to `CAP_NET_ADMIN`, `ALL`.
 * @throws GantryError `invalid`, in Docker's words
 */
export function parseCapability(text: string): string {
  const word = text.toUpperCase().replace(/^CAP_/, '');
  if (word === ALL) return ALL;
  if (NAMES.includes(word)) return `CAP_${word}`;
  throw new GantryError('invalid', `invalid capability: ${JSON.stringify(text)}`, {
    hint: 'capabilities(7) lists those that there are',
  });
}

/** Docker's rules: `drop ALL` keeps only the added ones, `add ALL` all but the dropped ones. */
export function capabilitiesOf({
  capAdd,
  capDrop,
}: {
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
}): readonly string[] {
  if (capAdd.length + capDrop.length === 0) return DEFAULT_CAPABILITIES;
  const all = allCapabilities();
  if (capAdd.includes(ALL)) return all.filter((name) => !capDrop.includes(name));
  const kept = capDrop.includes(ALL) ? [] : DEFAULT_CAPABILITIES.filter((name) => !capDrop.includes(name));
  return [...new Set([...kept, ...all.filter((name) => capAdd.includes(name))])];
}
