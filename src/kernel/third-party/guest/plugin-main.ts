import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { token } from '../../contracts/index.js';
import { type Plugin, surface } from '../api/index.js';
import {
  type AcceptedStreams,
  type AroundParams,
  Channel,
  type HandleParams,
  type ListenParams,
  type LoadParams,
  type OfferedParams,
  type ResizeParams,
  type RunParams,
  type Scope,
  type SignalParams,
} from '../protocol/index.js';
import { provideGantry, registerModule } from './gantry-module.js';
import { GuestCall } from './guest-call.js';
import { type EngineSide, PluginInstance } from './plugin-instance.js';

/**
 * The process of one plugin. Descriptor 3 leads to the engine; when that has gone, so does this. It is one file, and comes
 * in by standard input: it runs as a user who may not be able to reach its folder.
 */

const ENGINE_FD = 3;

const exit = process.exit.bind(process);
let instance: PluginInstance | undefined;
let methods: LoadParams['open'] = {};
const calls = new Map<Scope, GuestCall>();

const channel = new Channel(
  new Socket({ fd: ENGINE_FD }),
  { load, run, around, handle, offered, listen, signal, resize, ping: () => {} },
  () => exit(0),
);

const engine: EngineSide = {
  methodsOf: (label) => methods[label],
  service: (scope, label, method, args) => channel.call('service', { scope, label, method, args }),
};

async function load({ code, url, open }: LoadParams): Promise<unknown> {
  methods = open;
  nameWhoExits();
  provideGantry({ ...surface });
  const loaded: { readonly default?: unknown } = await import(registerModule(code, url));
  const exported = loaded.default;
  const plugin: unknown = typeof exported === 'function' && !isClass(exported) ? await exported(gantry()) : exported;
  instance = new PluginInstance(plugin as Plugin, engine);
  return instance.manifest;
}

/** `process.exit` leaves no trace of who called it: this one writes the caller's stack down. */
function nameWhoExits(): void {
  process.exit = (code): never => {
    const error = new Error(`called process.exit(${code ?? ''})`);
    error.name = 'Exit';
    writeSync(2, `${error.stack}\n`);
    return exit(code);
  };
}

/** Everything that a plugin may import from `gantry`; anything else is refused by name. */
function gantry(): Record<string, unknown> {
  const exported: Record<string, unknown> = { ...surface };
  for (const label of Object.keys(methods)) exported[label] = token(label);
  return new Proxy(exported, {
    get(_, name) {
      if (typeof name === 'symbol' || Object.hasOwn(exported, name)) return exported[name as string];
      throw new surface.GantryError('invalid', `'gantry' has no member '${name}'`);
    },
  });
}

function isClass(value: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function loaded(): PluginInstance {
  if (!instance) throw new Error('no plugin is loaded');
  return instance;
}

async function run(params: RunParams, gone: AbortSignal): Promise<number> {
  const call = new GuestCall(channel, params, gone);
  calls.set(params.scope, call);
  try {
    return await loaded().run(params.command, params.options, call.context, params.scope);
  } finally {
    await call.finish();
    calls.delete(params.scope);
  }
}

function around({ scope, extension, own, call }: AroundParams): Promise<number> {
  const next = (changes = {}): Promise<number> => channel.call('next', { scope, changes });
  return loaded().around(extension, own, call, next, scope);
}

function handle({ scope, name, args }: HandleParams): Promise<unknown> {
  return loaded().handle(name, args, scope);
}

function offered({ scope, label, method, args }: OfferedParams): Promise<unknown> {
  return loaded().service(label, method, args, scope);
}

function signal({ scope, name }: SignalParams): void {
  calls.get(scope)?.signal(name);
}

function resize({ scope, size }: ResizeParams): void {
  calls.get(scope)?.resize(size);
}

async function listen({ scheme, address }: ListenParams): Promise<void> {
  const transport = await loaded().transport(scheme);
  await transport.listen(address, (connection) => void accept(connection));
}

async function accept(connection: Duplex): Promise<void> {
  connection.on('error', () => {});
  const { incoming, outgoing } = await channel.call<AcceptedStreams>('accepted', {});
  connection.pipe(channel.output(incoming));
  channel.input(outgoing).pipe(connection);
}
