import { statSync } from 'node:fs';

/** Tells whether files are as they were: by inode, size and the times of content and place. */
export function stampsOf(paths: readonly string[]): string {
  return paths.map(stampOf).join(' ');
}

function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino}.${stat.size}.${stat.mtimeNs}.${stat.ctimeNs}` : '-';
}
