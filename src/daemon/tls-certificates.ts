import { readFileSync } from 'node:fs';
import type { ListenOptions } from '../transport/server/index.js';

/**
 * Certificates for addresses beyond this host: `ca.pem`, `server-cert.pem` and `server-key.pem` of the folder that Docker's
 * `DOCKER_CERT_PATH` names, or the files of `--tlscacert`, `--tlscert` and `--tlskey`. None unless `DOCKER_TLS_VERIFY` is set.
 */
export function tlsCertificates(env: Readonly<Record<string, string | undefined>> = process.env): ListenOptions {
  const folder = env['DOCKER_CERT_PATH'];
  const pathOf = (variable: string, name: string): string | undefined =>
    env[variable] || (folder ? `${folder}/${name}` : undefined);
  const ca = pathOf('GANTRY_TLS_CA', 'ca.pem');
  const cert = pathOf('GANTRY_TLS_CERT', 'server-cert.pem');
  const key = pathOf('GANTRY_TLS_KEY', 'server-key.pem');
  if (!env['DOCKER_TLS_VERIFY'] || !ca || !cert || !key) return {};
  const pem = (path: string): string => readFileSync(path, 'utf8');
  return { tls: { ca: pem(ca), cert: pem(cert), key: pem(key) } };
}
