import { GantryError } from '../../../kernel/index.js';
import type { Image, Platform } from '../contracts/index.js';
import { hostArchitecture } from './host-architecture.js';

/** Other names of architectures, as people and uname give them. */
const ALIASES: Readonly<Record<string, string>> = { x86_64: 'amd64', 'x86-64': 'amd64', aarch64: 'arm64', i386: '386' };

/** What `arm` alone stands for. */
const DEFAULT_ARM = 'v7';

/** Ranks of what is not of the very kind; variants that are older rank from 1 on. */
const NO_VARIANT = 10;
const OLDER_ARCHITECTURE = 20;

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

export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

/** Whether an image of `offered` runs where `wanted` is asked for. */
export function fits(offered: Platform, wanted: Platform): boolean {
  return platformRank(offered, wanted) !== undefined;
}

/** How far an image is from what was asked for, 0 being the very same; undefined where it does not run there. */
export function platformRank(offered: Platform, wanted: Platform): number | undefined {
  if (offered.os !== wanted.os) return undefined;
  const architecture = ALIASES[offered.architecture] ?? offered.architecture;
  if (architecture === '386' && wanted.architecture === 'amd64') return OLDER_ARCHITECTURE;
  if (architecture !== wanted.architecture) return undefined;
  if (offered.variant === undefined) return wanted.variant === undefined ? 0 : NO_VARIANT;
  if (architecture === 'arm') return armRank(offered.variant, wanted.variant ?? DEFAULT_ARM);
  if (wanted.variant === undefined) return NO_VARIANT;
  return offered.variant === wanted.variant ? 0 : undefined;
}

/** A processor of ARM runs what older ones run. */
function armRank(offered: string, wanted: string): number | undefined {
  const [has, wants] = [offered, wanted].map((variant) => Number(/^v(\d)$/.exec(variant)?.[1])) as [number, number];
  return has <= wants ? wants - has : undefined;
}

/**
 * Refuses an image that is for another machine than a `--platform` says; an empty one says nothing.
 * @throws GantryError `not found`, in Docker's words; `usage` for what is no platform
 */
export function checkPlatform(image: Pick<Image, 'architecture'>, name: string, platform: string): void {
  if (platform === '') return;
  const wanted = parsePlatform(platform);
  const offered = { os: 'linux', architecture: image.architecture };
  if (fits(offered, wanted)) return;
  const [wants, has] = [wanted, offered].map(platformText);
  throw new GantryError('not found', `image ${name} was found but does not provide the specified platform (${wants})`, {
    hint: `It is for ${has}`,
  });
}
