import { closeSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SystemError } from '../../../host/index.js';
import type { StorageChoice } from '../contracts/index.js';
import { tryOverlay } from '../fs/index.js';

/** Folders for a trial overlayfs. They stay, because making them takes longer than the trial. */
const TRIAL = 'overlay-trial';

/** @param wanted what the user asked for; else overlay, where it works on the filesystem of `root` */
export function chooseStorage(root: string, wanted: StorageChoice['driver'] | undefined): StorageChoice {
  if (wanted) return { driver: wanted };
  const [lower, upper, work] = ['lower', 'upper', 'work'].map((name) => join(root, TRIAL, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [lower, upper, work]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    closeSync(tryOverlay({ lowerdir: lower, upperdir: upper, workdir: work }));
    return { driver: 'overlay' };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { driver: 'vfs', why: `overlayfs does not work on ${root}: ${error.code}` };
  }
}
