import { statSync } from 'node:fs';
import { GantryError } from '../../../kernel/index.js';
import type { DeviceLimit, OciBlockIo, OciDeviceRate } from '../contracts/index.js';
import { deviceNumber } from './device-number.js';

/**
 * Weights and rates at block devices, whose numbers are looked up.
 * @throws GantryError `invalid`, in Docker's words, for a device that is not there
 */
export function blockIo(weight: number | undefined, limits: readonly DeviceLimit[] = []): OciBlockIo | undefined {
  if (weight === undefined && limits.length === 0) return undefined;
  const of = (kind: DeviceLimit['kind']) => limits.filter((limit) => limit.kind === kind);
  const rates = (kind: DeviceLimit['kind']): OciDeviceRate[] =>
    of(kind).map(({ path, value }) => ({ ...numberOf(path), rate: value }));
  return {
    ...(weight !== undefined && { weight }),
    weightDevice: of('weight').map(({ path, value }) => ({ ...numberOf(path), weight: value })),
    throttleReadBpsDevice: rates('read-bps'),
    throttleWriteBpsDevice: rates('write-bps'),
    throttleReadIOPSDevice: rates('read-iops'),
    throttleWriteIOPSDevice: rates('write-iops'),
  };
}

function numberOf(path: string): { readonly major: number; readonly minor: number } {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isBlockDevice() || stats?.isCharacterDevice()) return deviceNumber(stats.rdev);
  throw new GantryError('invalid', `${path}: ${stats ? 'not a device node' : 'no such file or directory'}`);
}
