import { readFileSync } from 'node:fs';
import type { ListenOptions } from '../transport/server/index.js';

/**
 * Certificates for addresses beyond this host: `ca.pem`, `server-cert.pem` and `server-key.pem` of the folder that Docker's
 * `DOCKER_CERT_PATH` names. None unless `DOCKER_TLS_VERIFY` is set.
 */
export function tlsCertificates(): ListenOptions {
  const folder = process.env['DOCKER_CERT_PATH'];
  if (!folder || !process.env['DOCKER_TLS_VERIFY']) return {};
  const pem = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8');
  return { tls: { ca: pem('ca.pem'), cert: pem('server-cert.pem'), key: pem('server-key.pem') } };
}
