import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';

export interface RootEntries {
  /** Text of a file; `-> target` makes a link; `null` a folder; `[text, mode]` a file with a mode. */
  readonly [path: string]: string | null | readonly [text: string, mode: number];
}

/** A folder that stands for a container's root, in a folder of its own, removed when the test ends. */
export function temporaryRoot(t: ExecutionContext, entries: RootEntries = {}): string {
  const root = join(temporaryFolder(t), 'root');
  mkdirSync(root);
  for (const [path, content] of Object.entries(entries)) {
    const target = join(root, path);
    mkdirSync(content === null ? target : dirname(target), { recursive: true });
    if (typeof content === 'string' && content.startsWith('-> ')) symlinkSync(content.slice(3), target);
    else if (typeof content === 'string') writeFileSync(target, content);
    else if (content) writeFileSync(target, content[0], { mode: content[1] });
  }
  return root;
}

export function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
