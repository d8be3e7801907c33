import type { ContainerConfig, MountRequest } from '../contracts/index.js';

/** The mounts of a container, those of `--volumes-from` among them, as flags of `docker run`. */
export function mountWords({ mounts }: ContainerConfig): string[] {
  return mounts.flatMap((mount) => (needsMountFlag(mount) ? ['--mount', mountFlag(mount)] : ['-v', volumeFlag(mount)]));
}

/** What `-v` has no word for. */
function needsMountFlag({ mustExist, subpath, recursion }: MountRequest): boolean {
  return mustExist === true || subpath !== undefined || recursion !== undefined;
}

/** An anonymous volume has a generated name, and shall be a new one. */
export function isUnnamed({ type, source }: MountRequest): boolean {
  return type === 'volume' && /^[0-9a-f]{64}$/.test(source);
}

function volumeFlag(mount: MountRequest): string {
  if (isUnnamed(mount)) return mount.target;
  const modes = modesOf(mount);
  return `${mount.source}:${mount.target}${modes === '' ? '' : `:${modes}`}`;
}

/** As they follow the second colon of `-v`; empty for the default. */
export function modesOf({ readOnly, noCopy, propagation }: MountRequest): string {
  return [...(readOnly ? ['ro'] : []), ...(noCopy ? ['nocopy'] : []), ...(propagation ? [propagation] : [])].join(',');
}

function mountFlag(mount: MountRequest): string {
  const { type, source, target, readOnly, propagation, recursion, noCopy, subpath } = mount;
  return [
    `type=${type}`,
    ...(isUnnamed(mount) ? [] : [`source=${source}`]),
    `target=${target}`,
    ...(readOnly ? ['readonly'] : []),
    ...(propagation ? [`bind-propagation=${propagation}`] : []),
    ...(recursion ? [`bind-recursive=${recursion}`] : []),
    ...(noCopy ? ['volume-nocopy'] : []),
    ...(subpath === undefined ? [] : [`volume-subpath=${subpath}`]),
  ]
    .map(csvField)
    .join(',');
}

function csvField(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
