import type { Duplex, Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { CallScope } from '../call-scope.js';
import type { CommandContext } from '../command.js';
import { GantryError } from '../errors.js';
import type { ExtendedCall, Next, OptionValues } from '../extension.js';
import { type Channel, GuestError } from '../guest/channel.js';
import type { Scope } from '../guest/instance.js';
import type { Manifest } from '../guest/manifest.js';
import type {
  AcceptedStreams,
  NextParams,
  OpenParams,
  RawParams,
  RunParams,
  ServiceParams,
} from '../guest/protocol.js';
import { PluginFailure } from '../plugin-failure.js';
import { checkManifest } from './check-manifest.js';
import { connection } from './connection.js';
import { GuestProcess, type ProcessEnd } from './process.js';

/** How long a plugin's process is kept that nobody calls. */
const IDLE_MS = 30_000;
const LOAD_MS = 10_000;
/** How long a plugin may take over what somebody waits for who did not call it: a column, the way around a call. */
const PROMPT_MS = 3000;
const SERVICE_MS = 30_000;

export interface VersionSource {
  /** Read when it is first run. */
  readonly code: () => string;
  readonly hash: string;
  /** The file that the plugin is in: stacks name it. */
  readonly entry: string;
}

/** What the versions of all plugins share. */
export interface VersionSurroundings {
  readonly program: string;
  /** Methods of the engine's open services, by label. */
  readonly open: Readonly<Record<string, readonly string[]>>;
  isPrivileged(id: string): boolean;
  /** @throws PluginFailure while the plugin rests */
  demandUsable(version: PluginVersion): void;
  /** A plugin uses a service. `scope` is missing outside of calls. */
  service(version: PluginVersion, params: ServiceParams, scope: CallScope | undefined): Promise<unknown>;
  /** A transport of the plugin took a connection. */
  accept(version: PluginVersion, connection: Duplex): void;
  failed(version: PluginVersion, end: ProcessEnd): void;
  wrote(version: PluginVersion, line: string): void;
}

interface ScopeEntry {
  readonly scope: CallScope;
  readonly context?: CommandContext;
  readonly next?: Next;
}

/** One version of a plugin's code, and the process that runs it while somebody needs it. */
export class PluginVersion {
  #process: Promise<GuestProcess> | undefined;
  /** The process that was started last. */
  #running: GuestProcess | undefined;
  #manifest: Manifest | undefined;
  #inFlight = 0;
  #idle: NodeJS.Timeout | undefined;
  #retired = false;
  #kept = false;
  #nextScope = 1;
  readonly #scopes = new Map<Scope, ScopeEntry>();

  constructor(
    readonly source: VersionSource,
    private readonly surroundings: VersionSurroundings,
    manifest?: Manifest,
  ) {
    this.#manifest = manifest;
  }

  get manifest(): Manifest {
    if (!this.#manifest) throw new Error('the plugin has not been inspected yet');
    return this.#manifest;
  }

  get id(): string {
    return this.#manifest?.id ?? this.source.entry;
  }

  /** Runs the code for what it says of itself. @throws GantryError `invalid`, `PluginFailure` */
  async inspect(): Promise<Manifest> {
    await this.#use(async () => {});
    return this.manifest;
  }

  /** Runs one of its commands. */
  run(command: string, options: OptionValues, context: CommandContext, scope: CallScope): Promise<number> {
    return this.#use(async ({ channel }) => {
      const streams = { stdin: channel.newStream(), stdout: channel.newStream(), stderr: channel.newStream() };
      const stdin = channel.output(streams.stdin, () => void pipeline(context.stdin, stdin).catch(() => {}));
      const outputs = [
        forward(channel.input(streams.stdout), context.stdout),
        forward(channel.input(streams.stderr), context.stderr),
      ];
      return this.#scoped({ scope, context }, async (id) => {
        context.terminal.onResize((size) => void channel.call('resize', { scope: id, size }).catch(() => {}));
        const params: RunParams = { scope: id, command, options, client: clientOf(context), streams };
        const exitCode = await channel.call<number>('run', params, context.gone);
        await Promise.all(outputs);
        return exitCode;
      });
    });
  }

  /** Lets one of its extensions stand around a call. It must not take long before it goes on, or after. */
  around(extension: string, own: OptionValues, call: ExtendedCall, next: Next, scope: CallScope): Promise<number> {
    return this.#use(({ channel }) => {
      const clock = new Promptness(() =>
        this.#failure(`took more than ${PROMPT_MS / 1000} s around '${call.command}'`),
      );
      const timedNext: Next = (changes) => clock.paused(() => next(changes));
      return this.#scoped({ scope, next: timedNext }, (id) =>
        Promise.race([channel.call<number>('around', { scope: id, extension, own, call }), clock.exceeded]).finally(
          () => clock.stop(),
        ),
      );
    });
  }

  /** Calls a method of one of its handlers. @param patience ms; none: as long as it takes */
  handle(name: string, args: readonly unknown[], patience: number | undefined = PROMPT_MS): Promise<unknown> {
    return this.#use(({ channel }) => this.#within(patience, name, channel.call('handle', { name, args })));
  }

  /** Calls a method of one of the services that it offers. */
  offered(label: string, method: string, args: readonly unknown[]): Promise<unknown> {
    return this.#use(({ channel }) =>
      this.#within(SERVICE_MS, `${label}.${method}`, channel.call('offered', { label, method, args })),
    );
  }

  /** Has one of its transports listen; its process is kept from then on. */
  async listen(scheme: string, address: string): Promise<void> {
    this.#kept = true;
    await this.#use(({ channel }) => channel.call('listen', { scheme, address }));
  }

  /** Another version has taken its place: ends when the calls under way have. */
  retire(): void {
    this.#retired = true;
    this.#kept = false;
    if (this.#inFlight === 0) this.#dismiss();
  }

  async #use<T>(work: (process: GuestProcess) => Promise<T>): Promise<T> {
    this.surroundings.demandUsable(this);
    this.#inFlight++;
    clearTimeout(this.#idle);
    let process: GuestProcess | undefined;
    try {
      this.#process ??= this.#start();
      process = await this.#process;
      return await work(process);
    } catch (error) {
      throw await this.#explained(error, process);
    } finally {
      if (--this.#inFlight === 0) this.#rest();
    }
  }

  #rest(): void {
    if (this.#retired) this.#dismiss();
    else if (!this.#kept) this.#idle = setTimeout(() => this.#dismiss(), IDLE_MS).unref();
  }

  #dismiss(): void {
    clearTimeout(this.#idle);
    const process = this.#process;
    this.#process = undefined;
    void process?.then(
      (running) => running.dismiss(),
      () => {},
    );
  }

  async #start(): Promise<GuestProcess> {
    const { program, open } = this.surroundings;
    const started = new GuestProcess({
      program,
      privileged: this.#manifest !== undefined && this.surroundings.isPrivileged(this.#manifest.id),
      handlers: this.#handlers(() => started.channel),
      onLine: (line) => this.surroundings.wrote(this, line),
    });
    this.#running = started;
    void started.ended.then((end) => {
      if (this.#running === started) this.#process = undefined;
      if (end.failed) this.surroundings.failed(this, end);
    });
    const { code, entry, hash } = this.source;
    const loading = started.channel.call<unknown>('load', {
      code: code(),
      open,
      url: `file://${encodeURI(entry)}?${hash.slice(0, 8)}`,
    });
    started.watch();
    try {
      const manifest = checkManifest(await this.#within(LOAD_MS, 'its load', loading));
      this.#manifest ??= manifest;
      return started;
    } catch (error) {
      const explained = await this.#explained(error, started);
      started.dismiss();
      throw explained;
    }
  }

  /** Says why, where the process has gone; and makes a bug of the plugin's one line that names the plugin. */
  async #explained(error: unknown, process: GuestProcess | undefined): Promise<unknown> {
    if (error instanceof GuestError) {
      const place = /^\s*at .*?\(?(\/[^()]*:\d+):\d+\)?$/m.exec(error.guestStack)?.[1];
      return this.#failure(`failed${place ? ` at ${place}` : ''}: ${error.message}`, error.guestStack, error);
    }
    if (!(error instanceof GantryError) || error instanceof PluginFailure || !process?.channel.isClosed) return error;
    const { reason, stack } = await process.ended;
    return this.#failure(reason, stack, error);
  }

  #failure(reason: string, stack = '', cause?: unknown): PluginFailure {
    return new PluginFailure(this.id, reason, stack, cause);
  }

  async #within<T>(patience: number | undefined, what: string, work: Promise<T>): Promise<T> {
    if (patience === undefined) return work;
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(this.#failure(`gave no answer in ${patience / 1000} s (${what})`)), patience);
    work.catch(() => {});
    return Promise.race([work, promise]).finally(() => clearTimeout(timer));
  }

  async #scoped<T>(entry: ScopeEntry, work: (id: Scope) => Promise<T>): Promise<T> {
    const id = this.#nextScope++;
    this.#scopes.set(id, entry);
    try {
      return await work(id);
    } finally {
      this.#scopes.delete(id);
    }
  }

  #handlers(channel: () => Channel) {
    const entry = (scope: Scope): ScopeEntry => {
      const found = this.#scopes.get(scope);
      if (!found) throw new GantryError('unavailable', 'the call is over');
      return found;
    };
    return {
      service: (params: ServiceParams): Promise<unknown> => {
        const scope = params.scope === 0 ? undefined : entry(params.scope).scope;
        return this.surroundings.service(this, params, scope);
      },
      next: ({ scope, changes }: NextParams): Promise<number> | undefined => entry(scope).next?.(changes),
      raw: ({ scope, raw }: RawParams): void => entry(scope).context?.terminal.setRaw(raw),
      signals: ({ scope }: { readonly scope: Scope }): void =>
        entry(scope).context?.onSignal(
          (name) =>
            void channel()
              .call('signal', { scope, name })
              .catch(() => {}),
        ),
      open: async ({ scope, path }: OpenParams): Promise<number | undefined> => {
        const file = await entry(scope).context?.openFile(path);
        return file && send(file, channel());
      },
      accepted: (): AcceptedStreams => {
        const [incoming, outgoing] = [channel().newStream(), channel().newStream()];
        this.surroundings.accept(this, connection(channel().input(incoming), channel().output(outgoing)));
        return { incoming, outgoing };
      },
    };
  }
}

/** Gives what a plugin writes to the client, which may be slow, or gone. */
async function forward(from: Readable, to: CommandContext['stdout']): Promise<void> {
  to.once('close', () => from.destroy());
  from.pipe(to, { end: false });
  await finished(from, { writable: false }).catch(() => {});
}

function send(file: Readable, channel: Channel): number {
  const id = channel.newStream();
  const output = channel.output(id, () => void pipeline(file, output).catch(() => {}));
  return id;
}

function clientOf({ args, env, cwd, terminal }: CommandContext): RunParams['client'] {
  const { stdin, stdout, stderr, size } = terminal;
  return { args, env, cwd, terminal: { stdin, stdout, stderr, size } };
}

/** Measures the time that is the plugin's own, and not that of the call which it stands around. */
class Promptness {
  readonly exceeded: Promise<never>;
  readonly #fail: () => void;
  #timer: NodeJS.Timeout;

  constructor(failure: () => Error) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.exceeded = promise;
    promise.catch(() => {});
    this.#fail = () => reject(failure());
    this.#timer = setTimeout(this.#fail, PROMPT_MS);
  }

  async paused<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    try {
      return await work();
    } finally {
      this.#timer = setTimeout(this.#fail, PROMPT_MS);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
