import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

let ports = 5100;

/** Debian's docker-registry on loopback, empty at the start. */
export class BenchRegistry {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly host = `127.0.0.1:${ports++}`;

  constructor(scratch: string) {
    this.#folder = mkdtempSync(join(scratch, 'registry-'));
    const config = join(this.#folder, 'config.yml');
    const storage = { filesystem: { rootdirectory: join(this.#folder, 'data') } };
    const log = { level: 'error', accesslog: { disabled: true } };
    writeFileSync(config, JSON.stringify({ version: 0.1, storage, http: { addr: this.host }, log }));
    this.#process = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
    for (let attempt = 0; attempt < 100; attempt++) {
      if (spawnSync('bash', ['-c', `</dev/tcp/${this.host.replace(':', '/')}`], { stdio: 'ignore' }).status === 0)
        return;
      spawnSync('sleep', ['0.1']);
    }
    throw new Error('docker-registry does not start');
  }

  /** Puts an image there, made of layers that are compressed tars. */
  put(name: string, layers: readonly BenchLayer[]): string {
    const layout = join(this.#folder, 'oci');
    writeLayout(layout, layers);
    const target = `${this.host}/${name}:1`;
    execFileSync('skopeo', ['copy', '-q', '--dest-tls-verify=false', `oci:${layout}:image`, `docker://${target}`]);
    rmSync(layout, { recursive: true });
    return target;
  }

  stop(): void {
    this.#process.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export interface BenchLayer {
  readonly diffId: string;
  readonly bytes: Buffer;
}

/** A layer of files of which half can be compressed. */
export function layerOf(folder: string, name: string, files: number, size: number): BenchLayer {
  const tree = join(folder, name);
  mkdirSync(join(tree, name), { recursive: true });
  const content = Buffer.alloc(size, 'some text, again and again ');
  for (let file = 0; file < files; file++) {
    randomFillSync(content, 0, size >> 1);
    writeFileSync(join(tree, name, String(file)), content);
  }
  const tar = join(folder, `${name}.tar`);
  execFileSync('tar', ['-C', tree, '-cf', tar, '.']);
  const layer = compressed(readFileSync(tar));
  rmSync(tree, { recursive: true });
  rmSync(tar);
  return layer;
}

export function compressed(tar: Buffer): BenchLayer {
  // To unpack it takes as long whatever the level; to make it takes most of a row's time at the usual one.
  return { diffId: sha256(tar), bytes: gzipSync(tar, { level: 1 }) };
}

function writeLayout(folder: string, layers: readonly BenchLayer[]): void {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const put = (mediaType: string, bytes: Buffer) => {
    const digest = sha256(bytes);
    writeFileSync(join(folder, 'blobs/sha256', digest.slice(7)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const type = (name: string): string => `application/vnd.oci.image.${name}`;
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) };
  const config = put(
    type('config.v1+json'),
    Buffer.from(JSON.stringify({ architecture: process.arch === 'x64' ? 'amd64' : process.arch, os: 'linux', rootfs })),
  );
  const blobs = layers.map(({ bytes }) => put(type('layer.v1.tar+gzip'), bytes));
  const document = { schemaVersion: 2, mediaType: type('manifest.v1+json'), config, layers: blobs };
  const manifest = put(type('manifest.v1+json'), Buffer.from(JSON.stringify(document)));
  const annotations = { 'org.opencontainers.image.ref.name': 'image' };
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
