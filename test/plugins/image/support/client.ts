import { createReadStream, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { LocalCall } from '../../../../src/kernel/calls/local-call.js';
import { PluginChecks } from '../../../../src/kernel/contracts/check.js';
import type { Client } from '../../../../src/kernel/contracts/client.js';
import { Extensions, NO_EXTENSIONS } from '../../../../src/kernel/contracts/table-extensions.js';
import { PluginRegistry } from '../../../../src/kernel/registry/plugin-registry.js';
import { ServiceHost } from '../../../../src/kernel/services/service-host.js';
import { image } from '../../../../src/plugins/image/index.js';
import { Config, Log, RestrictedListeners, system } from '../../../../src/plugins/system/index.js';
import { type Teardown, temporaryFolder } from './engine.js';

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the border makes words of. */
  readonly failure: string | undefined;
}

export interface CallOptions {
  readonly stdin?: Readable;
  /** The client's working directory. */
  readonly cwd?: string;
  readonly terminal?: boolean;
  readonly gone?: AbortSignal;
}

export interface ImageCalls {
  readonly services: ServiceHost;
  docker(argv: readonly string[], options?: CallOptions): Promise<Answer>;
}

/** `docker` with the image plugin's commands, in this process. */
export function imageCalls(t: Teardown, extensions: Extensions = NO_EXTENSIONS): ImageCalls {
  const root = temporaryFolder(t);
  const registry = new PluginRegistry([system, image], [Config, Extensions, RestrictedListeners, Log, PluginChecks]);
  const services = new ServiceHost(registry);
  const config = {
    root,
    runDir: `${root}/run`,
    bridge: 'unused',
    subnet: undefined,
    pluginDirs: [],
    daemon: false,
    debug: false,
  };
  services.value(Config, config);
  services.value(Extensions, extensions);
  const bugs: string[] = [];
  services.value(RestrictedListeners, { open: async () => {}, close: async () => {} });
  services.value(Log, { debug: () => {}, info: () => {}, warn: () => {} });
  services.value(PluginChecks, { all: () => [] });
  t.teardown(() => services.stop());
  const call = new LocalCall(registry, services, { daemon: false, onBug: (stack) => bugs.push(stack) });
  return { services, docker: (argv, options = {}) => answer(call, bugs, argv, options) };
}

async function answer(
  call: LocalCall,
  bugs: string[],
  argv: readonly string[],
  { stdin = Readable.from([]), cwd = '/', terminal = false, gone = new AbortController().signal }: CallOptions,
): Promise<Answer> {
  const [stdout, stderr] = [new PassThrough({ highWaterMark: 1 << 24 }), new PassThrough({ highWaterMark: 1 << 24 })];
  let file: string | undefined;
  const client: Client = {
    stdin,
    stdout,
    stderr,
    terminal: {
      stdin: terminal,
      stdout: terminal,
      stderr: terminal,
      size: terminal ? { columns: 80, rows: 24 } : undefined,
      onResize: () => {},
      setRaw: () => {},
    },
    env: {},
    cwd,
    gone,
    onSignal: () => {},
    openFile: async (path) => createReadStream(resolve(cwd, path)),
    saveTo: async (path) => {
      file = resolve(cwd, path);
    },
  };
  const { exitCode, failure } = await call.handle(argv, client);
  if (bugs.length > 0) throw new Error(bugs.join('\n'));
  const output = await buffer(stdout.end());
  if (file) writeFileSync(file, output);
  return {
    exitCode,
    stdout: file ? '' : output.toString(),
    stderr: await text(stderr.end()),
    failure: failure?.message,
  };
}
