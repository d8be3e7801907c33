import type { Closure } from '../../src/kernel/third-party/types/declarations.js';

/**
 * Node's own types where `@types/node` is there, and else what a plugin needs of them: a type that cannot be resolved has
 * every key, which `Known` sees.
 */
export const NODE_TYPES = `// Node's own types where @types/node is installed; else what most plugins need of them.
type Known<T, Else> = string extends keyof T ? Else : T;
// @ts-ignore
type NodeReadable = import('node:stream').Readable;
// @ts-ignore
type NodeWritable = import('node:stream').Writable;
// @ts-ignore
type NodeDuplex = import('node:stream').Duplex;
// @ts-ignore
type NodeSignals = NodeJS.Signals;
type Readable = Known<NodeReadable, SomeReadable>;
type Writable = Known<NodeWritable, SomeWritable>;
type Duplex = Known<NodeDuplex, SomeReadable & SomeWritable>;
type Signals = Known<NodeSignals, \`SIG\${string}\`>;
type AbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer T } } ? T : SomeAbortSignal;
interface SomeReadable extends AsyncIterable<Uint8Array> {
  on(event: string, listener: (...args: any[]) => void): this;
  pipe<T extends SomeWritable>(to: T): T;
}
interface SomeWritable {
  on(event: string, listener: (...args: any[]) => void): this;
  write(chunk: string | Uint8Array): boolean;
  end(): this;
}
interface SomeAbortSignal {
  readonly aborted: boolean;
  addEventListener(event: 'abort', listener: () => void): void;
  throwIfAborted(): void;
}`;

const STREAMS = ['Readable', 'Writable', 'Duplex'];

/** @throws Error for a type of Node's that `NODE_TYPES` does not stand in for */
export function withoutNode(text: string, { outside }: Closure): string {
  const unknown = [...outside].filter(([name, from]) => from !== 'node:stream' || !STREAMS.includes(name));
  if (unknown.length > 0) throw new Error(`plugins cannot see the types ${unknown.join('; ')}`);
  return text.replaceAll('NodeJS.Signals', (found, at: number) =>
    text.slice(0, at).endsWith('type NodeSignals = ') ? found : 'Signals',
  );
}
