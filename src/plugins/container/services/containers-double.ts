import { GantryError } from '../../../kernel/index.js';
import { type Image, sampleImages } from '../../image/index.js';
import { ContainersApi } from './containers-api.js';
import { RuntimeDouble } from './runtime-double.js';

/** Containers without programs, files or rights, for tests of plugins, with the sample images. Emits no event. */
export class ContainersDouble extends ContainersApi {
  constructor() {
    super(new RuntimeDouble(), { get: imageOf }, { emit: () => {} });
  }
}

function imageOf(reference: string): Image {
  const name = reference.replace(/:latest$/, '');
  const found = sampleImages().find((image) => image.name === name || image.id === reference);
  if (!found) {
    const hint = `A double has ${sampleImages()
      .map((image) => image.name)
      .join(' and ')}`;
    throw new GantryError(
      'not found',
      `No such image: ${reference.includes(':') ? reference : `${reference}:latest`}`,
      { hint },
    );
  }
  const { architecture = '', config = {}, rootfs, created } = found.document;
  return {
    ...{ id: found.id, parent: '', created: new Date(created ?? 0), comment: '', architecture, config },
    ...{ diffIds: rootfs.diff_ids, size: 0 },
  };
}
