import { GantryError } from '../../../kernel/index.js';
import type { MountRequest, TmpfsRequest } from '../contracts/index.js';
import type { ParsedMount } from './mount-flag.js';

/** The mounts of one container. */
export interface AllMounts {
  readonly mounts: readonly MountRequest[];
  readonly tmpfs: readonly TmpfsRequest[];
}

/**
 * One mount for each destination. As in Docker, of several tmpfs the last one counts, and an anonymous volume gives way to
 * whatever else is mounted there.
 * @throws GantryError `invalid`, in Docker's words, for two mounts at one destination
 */
export function mergeMounts(asked: readonly ParsedMount[]): AllMounts {
  const merged = new Map<string, ParsedMount>();
  for (const mount of asked) {
    const { target } = 'volume' in mount ? mount.volume : mount.tmpfs;
    const before = merged.get(target);
    if (before && isWeak(mount)) continue;
    const bothTmpfs = before && 'tmpfs' in before && 'tmpfs' in mount;
    if (before && !isWeak(before) && !bothTmpfs) throw new GantryError('invalid', `Duplicate mount point: ${target}`);
    merged.set(target, mount);
  }
  const all = [...merged.values()];
  return {
    mounts: all.flatMap((mount) => ('volume' in mount ? [mount.volume] : [])),
    tmpfs: all.flatMap((mount) => ('tmpfs' in mount ? [mount.tmpfs] : [])),
  };
}

function isWeak(mount: ParsedMount): boolean {
  return 'volume' in mount && isAnonymous(mount.volume);
}

/** Of `-v /folder`, or of the image. */
export function isAnonymous({ type, source, explicit }: MountRequest): boolean {
  return type === 'volume' && source === '' && !explicit;
}
