import { GantryError } from '../../../kernel/index.js';
import { hostArchitecture } from '../../image/index.js';
import type { IndexEntry, Platform } from './manifest.js';

/** Other names of architectures, as people and uname give them. */
const ALIASES: Readonly<Record<string, string>> = { x86_64: 'amd64', 'x86-64': 'amd64', aarch64: 'arm64', i386: '386' };

export function hostPlatform(): Platform {
  return { os: 'linux', architecture: hostArchitecture() };
}

/** Reads `linux/arm64/v8`, or `arm64` alone. @throws GantryError `usage` */
export function parsePlatform(text: string): Platform {
  const parts = text.toLowerCase().split('/');
  const [os = '', architecture = '', variant] =
    parts.length === 1 && parts[0] !== 'linux' ? ['linux', ...parts] : parts;
  if (parts.length > 3 || !parts.every((part) => /^[a-z0-9_.-]+$/.test(part))) {
    throw new GantryError('usage', `"${text}" is an invalid OS/architecture: use OS/ARCH[/VARIANT]`);
  }
  const known = ALIASES[architecture] ?? (architecture || hostPlatform().architecture);
  return { os, architecture: known, ...(variant !== undefined && { variant }) };
}

/**
 * The entry of an index for a platform: one of its very variant before one that names none.
 * @throws GantryError `not found`, naming what there is
 */
export function choosePlatform(entries: readonly IndexEntry[], wanted: Platform, name: string): IndexEntry {
  const fitting = entries.filter(({ platform }) => platform && fits(platform, wanted));
  const best = fitting.find(({ platform }) => platform?.variant === wanted.variant) ?? fitting[0];
  if (best) return best;
  const offered = entries.flatMap(({ platform }) =>
    platform && platform.os !== 'unknown' ? [platformText(platform)] : [],
  );
  const there = offered.length === 0 ? '' : ` (there are ${[...new Set(offered)].slice(0, 10).join(', ')})`;
  throw new GantryError(
    'not found',
    `no matching manifest for ${platformText(wanted)} in the manifest list of ${name}${there}`,
  );
}

export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

/** Whether an image of `offered` runs where `wanted` is asked for. No variant of it asked for: any will do. */
export function fits(offered: Platform, wanted: Platform): boolean {
  const same =
    offered.os === wanted.os && (ALIASES[offered.architecture] ?? offered.architecture) === wanted.architecture;
  if (!same || wanted.variant === undefined || offered.variant === undefined) return same;
  return offered.variant === wanted.variant;
}
