/** Rejects with `failure` where work has not ended in time. @param milliseconds 'any': no limit */
export async function withTimeout<T>(
  milliseconds: number | 'any',
  work: Promise<T>,
  failure: (seconds: number) => Error,
): Promise<T> {
  if (milliseconds === 'any') return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(failure(milliseconds / 1000)), milliseconds);
  work.catch(() => {});
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

/** Rejects with `failure` where work has not ended some time after its client has gone: nothing waits for it any longer. */
export async function unlessClientGone<T>(
  gone: AbortSignal,
  milliseconds: number,
  work: Promise<T>,
  failure: () => Error,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer = setTimeout(() => reject(failure()), milliseconds);
  };
  gone.addEventListener('abort', wait, { once: true });
  if (gone.aborted) wait();
  return Promise.race([work, promise]).finally(() => {
    gone.removeEventListener('abort', wait);
    clearTimeout(timer);
  });
}

/** Limits the time that a plugin itself takes around a call, without the time of the call. */
export class OwnTime {
  readonly exceeded: Promise<never>;
  readonly #fail: () => void;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly milliseconds: number,
    failure: () => Error,
  ) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.exceeded = promise;
    promise.catch(() => {});
    this.#fail = () => reject(failure());
    this.#start();
  }

  async paused<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    try {
      return await work();
    } finally {
      this.#start();
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #start(): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(this.#fail, this.milliseconds);
  }
}
