import type { Values } from '../../kernel/index.js';
import { Volumes } from './contracts.js';

/** Names of volumes that were given one. */
export class VolumeNames implements Values {
  constructor(@Volumes private readonly volumes: Volumes) {}

  async values(_typed: string): Promise<readonly string[]> {
    return this.volumes
      .list()
      .filter(({ anonymous }) => !anonymous)
      .map(({ name }) => name);
  }
}

/** Completes `-v NAME:FOLDER`. */
export class VolumeSources extends VolumeNames {
  override async values(typed: string): Promise<readonly string[]> {
    return (await super.values(typed)).map((name) => `${name}:`);
  }
}
