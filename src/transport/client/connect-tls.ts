import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { GantryError } from '../../kernel/contracts/index.js';
import type { Env } from '../addresses/address.js';

/**
 * `ca.pem`, `cert.pem` and `key.pem` are in the folder that `DOCKER_CERT_PATH` names, or else in that of the client's
 * configuration, unless `--tlscacert`, `--tlscert` and `--tlskey` say where. Without `DOCKER_TLS_VERIFY` the daemon's certificate is
 * not verified, as in Docker, and the client may have none.
 * @throws GantryError `unavailable`: a certificate cannot be read
 */
export async function connectTls(host: string, port: number, env: Env): Promise<TLSSocket> {
  const folder = env['DOCKER_CERT_PATH'] || env['DOCKER_CONFIG'] || join(env['HOME'] ?? '/', '.docker');
  const verifies = Boolean(env['DOCKER_TLS_VERIFY']);
  const pem = (variable: string, name: string): Promise<Buffer | undefined> => {
    const given = env[variable];
    const read = readPem(given || join(folder, name));
    return verifies || given ? read : read.catch(() => undefined);
  };
  const [ca, cert, key] = await Promise.all([
    pem('GANTRY_TLS_CA', 'ca.pem'),
    pem('GANTRY_TLS_CERT', 'cert.pem'),
    pem('GANTRY_TLS_KEY', 'key.pem'),
  ]);
  return connect({ host, port, ca, cert, key, minVersion: 'TLSv1.2', rejectUnauthorized: verifies });
}

function readPem(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new GantryError('unavailable', `Cannot read ${path}: ${cause.code}`, {
      cause,
      hint: 'DOCKER_CERT_PATH names the folder of ca.pem, cert.pem and key.pem; --tlscacert, --tlscert and --tlskey name files',
    });
  });
}
