import type { ImageDocument } from '../config/index.js';
import { digestOf } from '../contracts/index.js';

export interface SampleImage {
  readonly name: string;
  readonly id: string;
  readonly document: ImageDocument;
}

/** Images that all test doubles of services share: `busybox` and `debian`, without files. */
export function sampleImages(): readonly SampleImage[] {
  return ['busybox', 'debian'].map((name) => {
    const document: ImageDocument = {
      created: '2026-01-01T00:00:00Z',
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(Buffer.from(name))] },
      history: [{ created: '2026-01-01T00:00:00Z', comment: `Stands in for ${name}` }],
    };
    return { name, id: digestOf(Buffer.from(JSON.stringify(document))), document };
  });
}
