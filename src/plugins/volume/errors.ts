import { GantryError } from '../../kernel/index.js';
import { VOLUME_NAME, type Volume } from './contracts.js';

/** @throws GantryError `conflict`, in Docker's words, while a container uses the volume */
export function refuseInUse({ name }: Volume, holders: readonly string[]): void {
  if (holders.length > 0) {
    throw new GantryError('conflict', `remove ${name}: volume is in use - [${holders.join(', ')}]`);
  }
}

/** What is removed gets a longer one, which a folder can have. */
const LONGEST_NAME = 230;

/** @throws GantryError `invalid` */
export function checkVolumeName(name: string): string {
  if (!VOLUME_NAME.test(name)) {
    throw new GantryError(
      'invalid',
      `"${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed`,
      { hint: 'To use a folder of the host, give its absolute path' },
    );
  }
  if (name.length > LONGEST_NAME) {
    throw new GantryError(
      'invalid',
      `a volume's name has ${LONGEST_NAME} characters at most, and this one ${name.length}`,
    );
  }
  return name;
}
