import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';
export const CONFIG = 'application/vnd.oci.image.config.v1+json';
export const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A tar with one file. */
export function tarOf(name: string, content: Uint8Array): Buffer {
  const header = new Header({ path: name, mode: 0o644, size: content.length, type: 'File', uid: 0, gid: 0 });
  header.encode();
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header.block as Buffer, content, padding, Buffer.alloc(1024)]);
}

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  [more: string]: unknown;
}

export function describe(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: sha256(bytes), size: bytes.length };
}

export interface MadeImage {
  readonly layers: readonly Buffer[];
  readonly config: Buffer;
  readonly manifest: {
    schemaVersion: number;
    mediaType?: string;
    config: Descriptor;
    layers: Descriptor[];
    [more: string]: unknown;
  };
}

/** An image with a layer for each of the contents. */
export function makeImage(contents: readonly Uint8Array[], more: Record<string, unknown> = {}): MadeImage {
  const tars = contents.map((content, index) => tarOf(`file${index}`, content));
  const layers = tars.map((tar) => gzipSync(tar));
  const config = Buffer.from(
    JSON.stringify({
      ...{ architecture: 'amd64', os: 'linux', config: { Cmd: ['/x'] } },
      ...{ rootfs: { type: 'layers', diff_ids: tars.map(sha256) }, ...more },
    }),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: describe(CONFIG, config),
    layers: layers.map((layer) => describe(LAYER, layer)),
  };
  return { layers, config, manifest };
}
