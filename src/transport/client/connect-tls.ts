import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { GantryError } from '../../kernel/contracts/index.js';
import type { Env } from '../addresses/address.js';

/** @throws GantryError `unavailable`: a certificate cannot be read */
export async function connectTls(host: string, port: number, env: Env): Promise<TLSSocket> {
  const folder = env['DOCKER_CERT_PATH'] || join(env['HOME'] ?? '/', '.docker');
  const pem = (name: string): Promise<Buffer> => readPem(join(folder, name));
  const [ca, cert, key] = await Promise.all([pem('ca.pem'), pem('cert.pem'), pem('key.pem')]);
  return connect({ host, port, ca, cert, key, minVersion: 'TLSv1.2' });
}

function readPem(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new GantryError('unavailable', `Cannot read ${path}: ${cause.code}`, {
      cause,
      hint: 'DOCKER_CERT_PATH names the folder of ca.pem, cert.pem and key.pem',
    });
  });
}
