import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority that signs what a test wants. */
export class Authority {
  readonly #folder: string;

  constructor(t: ExecutionContext) {
    this.#folder = mkdtempSync(join(tmpdir(), 'gantry-authority-'));
    t.teardown(() => rmSync(this.#folder, { recursive: true, force: true }));
    this.#openssl(
      'req',
      '-x509',
      ...KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-subj',
      '/CN=authority',
      '-days',
      '30',
    );
  }

  get certificate(): string {
    return this.#read('ca.crt');
  }

  /** @param name `IP:127.0.0.1`. @param days from now; below 0: it has expired. @param signed by the authority, else by itself */
  issue(name: string, { days = 30, signed = true }: { days?: number; signed?: boolean } = {}): Certificate {
    const subject = ['-subj', '/CN=server', '-addext', `subjectAltName=${name}`];
    if (signed) {
      this.#openssl('req', ...KEY, '-keyout', 'x.key', '-out', 'x.csr', ...subject);
      const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy'];
      this.#openssl('x509', '-req', '-in', 'x.csr', ...by, '-days', String(days), '-out', 'x.crt');
    } else
      this.#openssl('req', '-x509', ...KEY, '-keyout', 'x.key', '-out', 'x.crt', '-days', String(days), ...subject);
    return { cert: this.#read('x.crt'), key: this.#read('x.key') };
  }

  /** A folder for `GANTRY_CERTS` where this authority is trusted for a host, and a certificate shown to it. */
  trusting(host: string, own?: Certificate): string {
    const folder = join(this.#folder, 'certs.d');
    mkdirSync(join(folder, host), { recursive: true });
    writeFileSync(join(folder, host, 'ca.crt'), this.certificate);
    if (own) {
      writeFileSync(join(folder, host, 'client.cert'), own.cert);
      writeFileSync(join(folder, host, 'client.key'), own.key);
    }
    return folder;
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'pipe' });
  }
}
