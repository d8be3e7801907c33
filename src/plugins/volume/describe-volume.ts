import { TemplateMap } from '../../kernel/index.js';
import type { Volume } from './contracts.js';

/** A volume under the names of Docker's API. @param holders the containers that use it */
export function describeVolume({ name, path, created, labels }: Volume, holders: readonly string[]): object {
  return {
    CreatedAt: created.toISOString().replace(/\.\d+/, ''),
    Driver: 'local',
    Labels: new TemplateMap(labels),
    Mountpoint: path,
    Name: name,
    Options: new TemplateMap({}),
    Scope: 'local',
    UsedBy: holders,
  };
}
