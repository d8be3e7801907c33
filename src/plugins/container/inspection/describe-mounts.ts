import { NIL_MAP, omitEmpty, TemplateMap } from '../../../kernel/index.js';
import type { ContainerConfig, MountRequest, TmpfsRequest } from '../contracts/index.js';
import { isUnnamed, modesOf } from '../rerun/index.js';

/** `HostConfig.Binds`: what `-v` has asked for, but for volumes without a name. */
export function describeBinds({ mounts }: ContainerConfig): string[] {
  return mounts
    .filter((mount) => !mount.explicit && !isUnnamed(mount))
    .map((mount) => [mount.source, mount.target, modesOf(mount)].filter(Boolean).join(':'));
}

/** `HostConfig.Mounts`: what `--mount` has asked for. */
export function describeExplicitMounts({ mounts, tmpfs }: ContainerConfig): object[] {
  return [
    ...mounts.filter(({ explicit }) => explicit).map(explicitMount),
    ...tmpfs.filter(({ explicit }) => explicit).map(explicitTmpfs),
  ];
}

function explicitMount(mount: MountRequest): object {
  const described = {
    Type: mount.type,
    Source: isUnnamed(mount) ? '' : mount.source,
    Target: mount.target,
    ReadOnly: mount.readOnly,
    Consistency: '',
    BindOptions: mount.type === 'bind' ? bindOptions(mount) : null,
    VolumeOptions: mount.type === 'volume' ? volumeOptions(mount) : null,
    TmpfsOptions: null,
  };
  return omitEmpty(described, 'Source', 'ReadOnly', 'Consistency', 'BindOptions', 'VolumeOptions', 'TmpfsOptions');
}

function bindOptions({ propagation, recursion }: MountRequest): object | null {
  if (propagation === undefined && recursion === undefined) return null;
  const described = {
    Propagation: propagation ?? '',
    NonRecursive: recursion === 'disabled',
    CreateMountpoint: false,
    ReadOnlyNonRecursive: recursion === 'writable',
    ReadOnlyForceRecursive: recursion === 'readonly',
  };
  return omitEmpty(
    described,
    ...(['Propagation', 'NonRecursive', 'CreateMountpoint', 'ReadOnlyNonRecursive', 'ReadOnlyForceRecursive'] as const),
  );
}

function volumeOptions({ noCopy, labels, subpath }: MountRequest): object | null {
  if (!noCopy && !labels && subpath === undefined) return null;
  const described = {
    NoCopy: noCopy ?? false,
    Labels: labels ? new TemplateMap(labels) : NIL_MAP,
    Subpath: subpath ?? '',
    DriverConfig: null,
  };
  return omitEmpty(described, 'NoCopy', 'Labels', 'Subpath', 'DriverConfig');
}

function explicitTmpfs({ target, options }: TmpfsRequest): object {
  const value = (name: string) => options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
  const [size, mode] = [value('size'), value('mode')];
  const sized = { SizeBytes: Number(size ?? 0), Mode: Number.parseInt(mode ?? '0', 8) };
  const described = {
    Type: 'tmpfs',
    Source: '',
    Target: target,
    ReadOnly: options.includes('ro'),
    Consistency: '',
    TmpfsOptions: size === undefined && mode === undefined ? null : omitEmpty(sized, 'SizeBytes', 'Mode'),
  };
  return omitEmpty(described, 'Source', 'ReadOnly', 'Consistency', 'TmpfsOptions');
}

/** `Mounts`: what is mounted, but for what `--tmpfs` asks for. */
export function mountPoints({ mounts, tmpfs }: ContainerConfig, pathOfVolume: (name: string) => string): object[] {
  return [
    ...mounts.map((mount) =>
      mount.type === 'volume'
        ? mountPoint(mount, pathOfVolume(mount.source), mount.source, isUnnamed(mount) ? '' : 'z')
        : mountPoint(mount, mount.source, '', ''),
    ),
    ...tmpfs.filter(({ explicit }) => explicit).map(tmpfsPoint),
  ];
}

/** @param mode where none was asked for: `z`, which labels of SELinux would be shared by, for volumes with a name */
function mountPoint(mount: MountRequest, source: string, name: string, mode: string): object {
  const described = {
    Type: mount.type,
    Name: name,
    Source: source,
    Destination: mount.target,
    Driver: name === '' ? '' : 'local',
    Mode: modesOf(mount) || mode,
    RW: !mount.readOnly,
    Propagation: mount.type === 'bind' ? (mount.propagation ?? 'rprivate') : '',
  };
  return omitEmpty(described, 'Name', 'Driver');
}

function tmpfsPoint({ target, options }: TmpfsRequest): object {
  const described = {
    ...{ Type: 'tmpfs', Name: '', Source: '', Destination: target, Driver: '', Mode: '' },
    ...{ RW: !options.includes('ro'), Propagation: '' },
  };
  return omitEmpty(described, 'Name', 'Driver');
}
