import { GantryError } from '../../../kernel/index.js';

/** A connection failure that may be transient. */
export class Interrupted extends GantryError {
  override readonly name = 'Interrupted';

  constructor(message: string) {
    super('unavailable', message);
  }
}

/** The server answers, but does not speak TLS. */
export class NoTls extends GantryError {}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  ENETUNREACH: 'network is unreachable',
  EHOSTUNREACH: 'no route to host',
  EINSIDE: 'a server elsewhere has named an address of this host, or of its own link',
  ERR_PROXY_TUNNEL: 'the proxy refuses',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'it asks for a certificate of ours (.cert and .key in its folder of certs.d)',
};
const TRANSIENT: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'the name cannot be looked up now',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  ETIMEDOUT: 'connection timed out',
  ESTALLED: 'it has stopped answering',
  ESLOW: 'it answers too slowly',
  ECONNABORTED: 'connection aborted',
};
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);
const CERTIFICATES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [...UNKNOWN_AUTHORITY].map((code) => [code, 'its certificate is signed by an unknown authority']),
  ),
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself alone',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/**
 * The error for a failed exchange. The system's own text is left out, because it may contain addresses with credentials.
 */
export function connectionFailure(host: string, error: unknown): Error {
  if (error instanceof GantryError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const certificate = CERTIFICATES[code];
  if (certificate) {
    return new GantryError(
      'unavailable',
      `cannot trust registry ${host}: ${certificate}`,
      UNKNOWN_AUTHORITY.has(code)
        ? { hint: `Put the authority's certificate into /etc/gantry/certs.d/${host}/ca.crt` }
        : {},
    );
  }
  if (isPlainHttp(code)) {
    return new NoTls('unavailable', `cannot reach registry ${host}: it does not speak TLS`, {
      hint: `Name it in GANTRY_INSECURE_REGISTRIES of the daemon, if plain http is what you want`,
    });
  }
  const reason = REASONS[code];
  if (reason) return new GantryError('unavailable', `cannot reach registry ${host}: ${reason}`);
  return new Interrupted(
    `cannot reach registry ${host}: ${TRANSIENT[code] ?? `connection failed (${code || 'unknown'})`}`,
  );
}

function isPlainHttp(code: string | undefined): boolean {
  return code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code === 'EPROTO';
}
