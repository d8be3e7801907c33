import { type FormatHeaders, humanSize, plain, shortId } from '../../../kernel/index.js';
import type { Container, ContainerStats } from '../contracts/index.js';

/** A type, and no interface: a row of a list has no other fields. */
export type StatsRow = {
  readonly Container: string;
  readonly ID: string;
  readonly Name: string;
  readonly CPUPerc: string;
  readonly MemUsage: string;
  readonly MemPerc: string;
  readonly NetIO: string;
  readonly BlockIO: string;
  readonly PIDs: string;
};

export const STATS_HEADER = [
  'CONTAINER ID',
  'NAME',
  'CPU %',
  'MEM USAGE / LIMIT',
  'MEM %',
  'NET I/O',
  'BLOCK I/O',
  'PIDS',
] as const;

export const STATS_HEADERS: FormatHeaders<StatsRow> = {
  ...{ Container: 'CONTAINER', ID: 'CONTAINER ID', Name: 'NAME', CPUPerc: 'CPU %', MemUsage: 'MEM USAGE / LIMIT' },
  ...{ MemPerc: 'MEM %', NetIO: 'NET I/O', BlockIO: 'BLOCK I/O', PIDs: 'PIDS' },
};

const IDLE: ContainerStats = {
  ...{ time: 0, cpu: 0, memory: 0, memoryLimit: 0, pids: 0 },
  ...{ network: { received: 0, sent: 0 }, block: { read: 0, written: 0 } },
};

/** A row of `stats`, in Docker's words. @param before an earlier sample, for the share of the processors */
export function statsRow(
  { id, name }: Pick<Container, 'id' | 'name'>,
  {
    before = IDLE,
    now = IDLE,
  }: { readonly before?: ContainerStats | undefined; readonly now?: ContainerStats | undefined },
  full: boolean,
): StatsRow {
  const span = now.time - before.time;
  const cpu = before === IDLE || span <= 0 ? 0 : (Math.max(0, now.cpu - before.cpu) / span) * 100;
  const shown = full ? id : shortId(id);
  return {
    Container: shown,
    ID: shown,
    Name: plain(name),
    CPUPerc: percent(cpu),
    MemUsage: `${binarySize(now.memory)} / ${binarySize(now.memoryLimit)}`,
    MemPerc: percent(now.memoryLimit > 0 ? (now.memory / now.memoryLimit) * 100 : 0),
    NetIO: `${humanSize(now.network.received)} / ${humanSize(now.network.sent)}`,
    BlockIO: `${humanSize(now.block.read)} / ${humanSize(now.block.written)}`,
    PIDs: String(now.pids),
  };
}

export function cellsOf({ ID, Name, CPUPerc, MemUsage, MemPerc, NetIO, BlockIO, PIDs }: StatsRow): string[] {
  return [ID, Name, CPUPerc, MemUsage, MemPerc, NetIO, BlockIO, PIDs];
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Four significant digits, as in `docker stats`: `15.61GiB`. */
export function binarySize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  for (; size >= 1024 && unit < UNITS.length - 1; unit++) size /= 1024;
  return `${Number(size.toPrecision(4))}${UNITS[unit]}`;
}
