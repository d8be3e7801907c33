import { posix } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import { VOLUME_NAME } from '../../volume/index.js';
import type { MountRequest } from '../contracts/index.js';

/** For SELinux and macOS; they have no effect here. */
const MODES_WITHOUT_EFFECT: readonly string[] = ['z', 'Z', 'cached', 'delegated', 'consistent'];
const MODES_OF_DOCKER: readonly string[] = [
  ...['nocopy', 'shared', 'rshared', 'slave', 'rslave', 'private', 'rprivate'],
  ...MODES_WITHOUT_EFFECT,
];

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
  return { ...sourceOf(first, resolvePath), target: destination(spec, second), readOnly: isReadOnly(modes) };
}

function sourceOf(source: string, resolvePath: (path: string) => string): Pick<MountRequest, 'type' | 'source'> {
  if (source.startsWith('/')) return { type: 'bind', source: clean(source) };
  if (/^\.\.?(\/|$)/.test(source)) return { type: 'bind', source: clean(resolvePath(source)) };
  if (VOLUME_NAME.test(source)) return { type: 'volume', source };
  throw new GantryError(
    'invalid',
    `create ${source}: ${JSON.stringify(source)} includes invalid characters for a local volume name, ` +
      'only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path',
  );
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
  return modes.split(',').every((mode) => mode === 'rw' || mode === 'ro' || MODES_OF_DOCKER.includes(mode));
}

function isReadOnly(modes: string): boolean {
  const all = modes.split(',');
  if (!areModes(modes) || (all.includes('ro') && all.includes('rw'))) {
    throw new GantryError('invalid', `invalid mode: ${modes}`);
  }
  const unknown = all.find((mode) => mode !== 'rw' && mode !== 'ro' && !MODES_WITHOUT_EFFECT.includes(mode));
  if (unknown !== undefined) throw new GantryError('invalid', `the volume mode ${unknown} is not supported`);
  return all.includes('ro');
}

function invalid(spec: string, reason?: string): GantryError {
  return new GantryError('invalid', `invalid volume specification: '${spec}'${reason ? `: ${reason}` : ''}`);
}
