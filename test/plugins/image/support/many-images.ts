import { createHash } from 'node:crypto';
import type { TestEntry } from './tars.js';
import { tar } from './tars.js';

const LAYER = tar([{ path: 'x', body: 'x' }]);

/** An archive of many images of one layer, by Docker's `manifest.json` or as an OCI layout. @param padding bytes of each label */
export function manyImages(kind: 'docker' | 'oci', count: number, padding = 0): Buffer {
  const blobs: TestEntry[] = [];
  const blob = (body: Buffer | string): string => {
    const hex = createHash('sha256').update(body).digest('hex');
    blobs.push({ path: `blobs/sha256/${hex}`, body });
    return hex;
  };
  const layer = blob(LAYER);
  const names = Array.from({ length: count }, (_, index) => `many/image${index}:1`);
  const listed = names.map((name) => {
    const config = blob(
      JSON.stringify({
        ...{ os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch },
        config: { Labels: { name, padding: 'p'.repeat(padding) } },
        rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
      }),
    );
    if (kind === 'docker') {
      return { Config: `blobs/sha256/${config}`, RepoTags: [name], Layers: [`blobs/sha256/${layer}`] };
    }
    const digests = { config: { digest: `sha256:${config}` }, layers: [{ digest: `sha256:${layer}` }] };
    const manifest = blob(JSON.stringify({ schemaVersion: 2, ...digests }));
    return { digest: `sha256:${manifest}`, annotations: { 'io.containerd.image.name': `docker.io/${name}` } };
  });
  const index =
    kind === 'docker'
      ? { path: 'manifest.json', body: JSON.stringify(listed) }
      : { path: 'index.json', body: JSON.stringify({ schemaVersion: 2, manifests: listed }) };
  return tar([...blobs, index]);
}
