import { readFileSync } from 'node:fs';
import { ifThere } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';

/** Where the kernel lists the processors and memory nodes that are online. */
const ONLINE = { cpus: '/sys/devices/system/cpu/online', mems: '/sys/devices/system/node/online' } as const;
const NAMES = { cpus: 'CPUs', mems: 'memory nodes' } as const;
/** More than any machine has: a list is not written out beyond that. */
const HIGHEST = 8191;

/**
 * A list of processors or memory nodes: `0-3,7`.
 * @throws GantryError `invalid`, in Docker's words
 */
export function checkCpuset(kind: keyof typeof ONLINE, value: string): string {
  const asked = numbersIn(value);
  if (!asked) throw new GantryError('invalid', `Invalid value ${value} for cpuset ${kind}`);
  // A kernel without memory nodes has one.
  const available = ifThere(() => readFileSync(ONLINE[kind], 'latin1'))?.trim() ?? '0';
  const online = numbersIn(available) ?? new Set();
  if ([...asked].every((number) => online.has(number))) return value;
  const message = `Requested ${NAMES[kind]} are not available - requested ${value}, available: ${available}`;
  throw new GantryError('invalid', message);
}

/** Undefined for what is no list. */
function numbersIn(list: string): Set<number> | undefined {
  const numbers = new Set<number>();
  for (const part of list.split(',')) {
    const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || from > to || to > HIGHEST) return undefined;
    for (let number = from; number <= to; number++) numbers.add(number);
  }
  return numbers;
}
