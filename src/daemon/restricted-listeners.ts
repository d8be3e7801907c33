import type { LocalCall } from '../kernel/calls/index.js';
import type { RestrictedListeners, RestrictedSocket } from '../plugins/system/index.js';
import { CallerLimits, type Listener, listen } from '../transport/server/index.js';

/** The limited sockets that a daemon listens on. Whatever protocol is spoken there ends in the same restricted call. */
export class UnixListeners implements RestrictedListeners {
  readonly #open = new Map<string, Listener>();
  readonly #callers = new CallerLimits();

  constructor(private readonly call: LocalCall) {}

  async open({ path, allow, mode }: RestrictedSocket): Promise<void> {
    this.#open.set(path, await listen(`unix://${path}`, this.call.restricted(allow), { mode, callers: this.#callers }));
  }

  async close(path: string): Promise<void> {
    const listener = this.#open.get(path);
    this.#open.delete(path);
    await listener?.close();
  }
}
