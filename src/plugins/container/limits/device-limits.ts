import { GantryError } from '../../../kernel/index.js';
import type { DeviceLimit } from '../contracts/index.js';
import type { ResourceFlags } from '../flags/index.js';

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1 << 10, kb: 1 << 10, m: 1 << 20, mb: 1 << 20 };
const GIB = 1 << 30;

/**
 * `DEVICE:WEIGHT` and `DEVICE:RATE`. Of several for one device the last one counts.
 * @throws GantryError `usage`, in Docker's words
 */
export function deviceLimits(options: ResourceFlags): readonly DeviceLimit[] {
  return [
    ...ofKind('weight', options.blkioWeightDevice, weightOf),
    ...ofKind('read-bps', options.deviceReadBps, bytesOf),
    ...ofKind('write-bps', options.deviceWriteBps, bytesOf),
    ...ofKind('read-iops', options.deviceReadIops, countOf),
    ...ofKind('write-iops', options.deviceWriteIops, countOf),
  ];
}

function ofKind(
  kind: DeviceLimit['kind'],
  values: readonly string[],
  parse: (text: string, device: string) => number,
): DeviceLimit[] {
  const limits = values.map((value): DeviceLimit => {
    const [, path = '', text = ''] = /^([^:]*):(.*)$/s.exec(value) ?? [];
    if (path === '' || text === '') throw usage(`bad format: ${value}`);
    if (!path.startsWith('/dev/')) throw usage(`bad format for device path: ${value}`);
    return { kind, path, value: parse(text, value) };
  });
  return [...new Map(limits.map((limit) => [limit.path, limit])).values()];
}

function weightOf(text: string, device: string): number {
  const weight = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (weight === 0 || (weight >= 10 && weight <= 1000)) return weight;
  throw usage(`invalid weight for device: ${device}`);
}

function bytesOf(text: string, device: string): number {
  const [, digits, unit = ''] = /^(\d+)(b|[kmg]b?)?$/i.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit.toLowerCase()] ?? GIB);
  if (digits !== undefined && Number.isSafeInteger(bytes)) return bytes;
  throw usage(
    `invalid rate for device: ${device}. The correct format is <device-path>:<number>[<unit>]. ` +
      'Number must be a positive integer. Unit is optional and can be kb, mb, or gb',
  );
}

function countOf(text: string, device: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count)) return count;
  throw usage(
    `invalid rate for device: ${device}. The correct format is <device-path>:<number>. Number must be a positive integer`,
  );
}

function usage(message: string): GantryError {
  return new GantryError('usage', message);
}
