import { totalmem } from 'node:os';
import { textOf } from '../../../host/index.js';
import type { ContainerStats } from '../contracts/index.js';
import { ControlGroups } from './group-files.js';

/**
 * Reads the resources that a running container uses from its control groups and its network. Values that the kernel
 * does not report are 0.
 * @param pid of its first process
 * @param withNetwork whether it has a network of its own
 */
export function readStats(pid: number, withNetwork: boolean, groups = new ControlGroups(pid)): ContainerStats {
  const net = withNetwork ? networkBytes(textOf(`/proc/${pid}/net/dev`) ?? '') : { received: 0, sent: 0 };
  const usage = groups.isV2 ? ofVersion2(groups) : ofVersion1(groups);
  return { time: performance.now(), ...usage, network: net };
}

type GroupStats = Omit<ContainerStats, 'time' | 'network'>;

function ofVersion2(groups: ControlGroups): GroupStats {
  const read = (file: string): string => groups.read('', file) ?? '';
  const io = read('io.stat');
  return {
    cpu: numberAfter(read('cpu.stat'), 'usage_usec') / 1000,
    memory: Math.max(0, Number(read('memory.current')) - numberAfter(read('memory.stat'), 'inactive_file')),
    memoryLimit: limit(read('memory.max')),
    pids: Number(read('pids.current')),
    block: { read: sum(io, /rbytes=(\d+)/g), written: sum(io, /wbytes=(\d+)/g) },
  };
}

function ofVersion1(groups: ControlGroups): GroupStats {
  const io = groups.read('blkio', 'blkio.throttle.io_service_bytes') ?? '';
  const used = Number(groups.read('memory', 'memory.usage_in_bytes') ?? 0);
  const cache = numberAfter(groups.read('memory', 'memory.stat') ?? '', 'total_inactive_file');
  return {
    cpu: Number(groups.read('cpuacct', 'cpuacct.usage') ?? 0) / 1e6,
    memory: Math.max(0, used - cache),
    memoryLimit: limit(groups.read('memory', 'memory.limit_in_bytes') ?? ''),
    pids: Number(groups.read('pids', 'pids.current') ?? 0),
    block: { read: sum(io, /Read (\d+)/g), written: sum(io, /Write (\d+)/g) },
  };
}

/** Without a limit: the machine's memory. */
function limit(text: string): number {
  const bytes = Number(text.trim() || Number.NaN);
  return Number.isNaN(bytes) ? totalmem() : Math.min(bytes, totalmem());
}

function numberAfter(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

function sum(text: string, pattern: RegExp): number {
  let total = 0;
  for (const [, number] of text.matchAll(pattern)) total += Number(number);
  return total;
}

/** @param table text of /proc/<pid>/net/dev: the loopback device does not count */
export function networkBytes(table: string): ContainerStats['network'] {
  let received = 0;
  let sent = 0;
  for (const line of table.split('\n')) {
    const [, device = '', numbers = ''] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    if (!device || device === 'lo') continue;
    const columns = numbers.trim().split(/\s+/).map(Number);
    received += columns[0] ?? 0;
    sent += columns[8] ?? 0;
  }
  return { received, sent };
}
