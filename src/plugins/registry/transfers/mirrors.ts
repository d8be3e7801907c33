import { isKind } from '../../../kernel/index.js';

/** How long one that does not answer is left alone. */
const REST_MS = 5 * 60 * 1000;

export interface Mirror {
  readonly host: string;
  /** Of its address; undefined where that names none. */
  readonly scheme: 'http:' | 'https:' | undefined;
}

/** The mirrors of Docker Hub. One that cannot be reached is not waited for again at once. */
export class Mirrors {
  readonly #mirrors: readonly Mirror[];
  /** By host: until when. */
  readonly #resting = new Map<string, number>();

  /** @param addresses `mirror.example:5000`, `http://mirror.example`; without a path */
  constructor(addresses: readonly string[]) {
    this.#mirrors = addresses.map((address) => {
      const { host, protocol } = new URL(address.includes('://') ? address : `https://${address}`);
      return { host, scheme: address.includes('://') ? (protocol as 'http:' | 'https:') : undefined };
    });
  }

  /** Those to be asked now, in order. */
  usable(): readonly Mirror[] {
    return this.#mirrors.filter(({ host }) => performance.now() >= (this.#resting.get(host) ?? 0));
  }

  failed({ host }: Mirror, error: unknown): void {
    if (isKind(error, 'unavailable')) this.#resting.set(host, performance.now() + REST_MS);
  }
}
