import { posix } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import { VOLUME_NAME } from '../../volume/index.js';
import { type MountRequest, PROPAGATIONS } from '../contracts/index.js';

/** The modes of a mount: of each kind it has one at most. */
const MODES: Readonly<Record<string, readonly string[]>> = {
  access: ['ro', 'rw'],
  copy: ['nocopy'],
  propagation: PROPAGATIONS,
  /** For SELinux and macOS; they have no effect here. */
  label: ['z', 'Z'],
  consistency: ['cached', 'delegated', 'consistent'],
};

/**
 * One `-v`: `/host:/container[:mode]`, `name:/container[:mode]`, or `/container` for an anonymous volume.
 * @param resolvePath makes a path of the client's absolute (`./data`)
 * @throws GantryError `invalid` with Docker's words
 */
export function parseVolumeFlag(spec: string, resolvePath: (path: string) => string): MountRequest {
  const parts = spec.split(':');
  if (parts.length > 3 || parts.includes('') || spec.includes('\0')) throw invalid(spec);
  const [first = '', second, modes = 'rw'] = parts;
  if (second === undefined) return { type: 'volume', source: '', target: destination(spec, first), readOnly: false };
  if (parts.length === 2 && areModes(second)) throw invalid(spec);
  const source = sourceOf(first, resolvePath);
  return { ...source, target: destination(spec, second), ...modesOf(modes, source.type) };
}

function sourceOf(source: string, resolvePath: (path: string) => string): Pick<MountRequest, 'type' | 'source'> {
  if (source.startsWith('/')) return { type: 'bind', source: clean(source) };
  // As in Docker, also `.ssh`.
  if (source.startsWith('.')) return { type: 'bind', source: clean(resolvePath(source)) };
  if (isVolumeName(source)) return { type: 'volume', source };
  throw new GantryError(
    'invalid',
    `create ${source}: ${JSON.stringify(source)} includes invalid characters for a local volume name, ` +
      'only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path',
  );
}

export function isVolumeName(text: string): boolean {
  return VOLUME_NAME.test(text);
}

/** An absolute, normalised path in a container to mount at. @param spec the whole argument, for the error's message */
export function containerPath(spec: string, path: string): string {
  if (path.includes('\0')) throw invalid(spec);
  return destination(spec, path);
}

function destination(spec: string, path: string): string {
  if (!path.startsWith('/')) throw invalid(spec, `invalid mount path: '${path}' mount path must be absolute`);
  const target = clean(path);
  if (target === '/') throw invalid(spec, "invalid specification: destination can't be '/'");
  return target;
}

function clean(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, '');
}

function areModes(modes: string): boolean {
  return modes.split(',').every((mode) => kindOf(mode) !== undefined);
}

function kindOf(mode: string): string | undefined {
  return Object.keys(MODES).find((kind) => MODES[kind]?.includes(mode));
}

function modesOf(text: string, type: MountRequest['type']): Pick<MountRequest, 'readOnly' | 'noCopy' | 'propagation'> {
  const modes = text.split(',');
  const kinds = modes.map(kindOf);
  const isWrong = kinds.includes(undefined) || new Set(kinds).size < kinds.length;
  // A copy is made into a volume, and what the host mounts later is below a folder of it.
  if (isWrong || kinds.includes(type === 'bind' ? 'copy' : 'propagation')) {
    throw new GantryError('invalid', `invalid mode: ${text}`);
  }
  const propagation = PROPAGATIONS.find((known) => modes.includes(known));
  return {
    readOnly: modes.includes('ro'),
    ...(modes.includes('nocopy') && { noCopy: true }),
    ...(propagation && propagation !== 'rprivate' && { propagation }),
  };
}

function invalid(spec: string, reason?: string): GantryError {
  return new GantryError('invalid', `invalid volume specification: '${spec}'${reason ? `: ${reason}` : ''}`);
}
