import { GantryError } from '../../../kernel/index.js';
import type { TmpfsRequest } from '../contracts/index.js';
import { containerPath } from './volume-flag.js';

const FLAGS: readonly string[] = [
  ...['ro', 'rw', 'suid', 'nosuid', 'dev', 'nodev', 'exec', 'noexec', 'sync', 'async', 'noatime', 'nodiratime'],
  ...['relatime', 'strictatime'],
];
const VALUES = /^(size=\d+[kKmMgG%]?|mode=[0-7]{1,4}|uid=\d{1,10}|gid=\d{1,10}|nr_inodes=\d+[kKmMgG]?)$/;

/** `/run`, `/run:size=64m,mode=1770`. @throws GantryError `invalid`, in Docker's words */
export function parseTmpfsFlag(value: string): TmpfsRequest {
  const [path = '', list] = value.split(/:(.*)/s);
  return tmpfsRequest(containerPath(value, path), list ? list.split(',') : []);
}

/** @throws GantryError `invalid` for an option that tmpfs does not have */
export function tmpfsRequest(target: string, options: readonly string[]): TmpfsRequest {
  const wrong = options.find((option) => !FLAGS.includes(option) && !VALUES.test(option));
  if (wrong !== undefined) throw new GantryError('invalid', `invalid tmpfs option ${JSON.stringify(wrong)}`);
  return { target, options };
}
