import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** 127.0.0.1, as /proc/net/tcp has it, and the state of what listens. */
const LOOPBACK = '0100007F';
const LISTENING = '0A';
/** Of /proc/net/tcp that are looked at: some thousand connections. */
const MOST_BYTES = 1 << 20;

/** The ports of 127.0.0.1 that a process listens on, by the kernel's word: what the process says may be a lie. */
export function listeningPorts(pid: number): ReadonlySet<number> {
  const inodes = new Set(socketsOf(pid));
  const table = readFileSync(`/proc/${pid}/net/tcp`, 'latin1').slice(0, MOST_BYTES);
  const ports = table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address, port = ''] = local.split(':');
    return state === LISTENING && address === LOOPBACK && inodes.has(inode) ? [Number.parseInt(port, 16)] : [];
  });
  return new Set(ports);
}

function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1] ?? [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}
