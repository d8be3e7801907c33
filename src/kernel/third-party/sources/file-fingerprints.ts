import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Tells whether files are as they were: by inode, size and the times of content and place; and who may write above them. */
export function fingerprintsOf(paths: readonly string[]): string {
  return fingerprintsWith(paths, paths.map(fingerprintOf));
}

/** Like `fingerprintsOf`, from fingerprints that were taken before. */
export function fingerprintsWith(paths: readonly string[], stamps: readonly string[]): string {
  return [...stamps, ...foldersAbove(paths).map(guardOf)].join(' ');
}

export function fingerprintOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino}.${stat.size}.${stat.mtimeNs}.${stat.ctimeNs}` : '-';
}

function foldersAbove(paths: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = dirname(path); !folders.has(at); at = dirname(at)) folders.add(at);
  }
  return [...folders];
}

function guardOf(folder: string): string {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat ? `${stat.uid}.${stat.gid}.${stat.mode.toString(8)}` : '-';
}
