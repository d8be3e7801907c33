import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { CLONE_NEWNET, CLONE_NEWNS, check, libc } from '../../../../src/host/index.js';
import { MIGRATIONS } from '../../../../src/plugins/network/records/schema.js';
import { BridgeNetworkManager } from '../../../../src/plugins/network/services/network-manager.js';
import { UserNetworks } from '../../../../src/plugins/network/services/networks.js';
import { SqliteDatabase } from '../../../../src/plugins/system/database/database.js';
import { SqlEvents } from '../../../../src/plugins/system/events/events.js';
import type { Config } from '../../../../src/plugins/system/index.js';
import type { Order } from './agent.js';
import type { Endpoint } from './peers.js';

/** Moves this process into a network namespace of its own: it plays the host, and nothing of the real one is touched. */
export function enterPrivateNetwork(): void {
  check(libc().unshare(CLONE_NEWNET), 'unshare', 'the network');
  ip('link set lo up');
}

export function ip(command: string): string {
  return execFileSync('ip', command.split(' '), { encoding: 'utf8' });
}

export function nft(command: string): string {
  return execFileSync('nft', command.split(' '), { encoding: 'utf8' });
}

/** Gives the private host a way to the world until the test has ended. */
export function uplink(t: ExecutionContext, mtu: number): void {
  ip(`link add uplink mtu ${mtu} type veth peer name router`);
  ip('link set router up');
  ip('addr add 192.0.2.2/24 dev uplink');
  ip('link set uplink up');
  ip('route add default via 192.0.2.1');
  t.teardown(() => ip('link delete uplink'));
}

/** A process in a network namespace of its own, which ends with it. */
export class Agent {
  readonly #process: ChildProcess;

  constructor() {
    const own = openSync('/proc/thread-self/ns/net', 'r');
    check(libc().unshare(CLONE_NEWNET), 'unshare', 'the network');
    try {
      this.#process = fork(new URL('agent.js', import.meta.url), { execArgv: [] });
    } finally {
      check(libc().setns(own, CLONE_NEWNET), 'setns', 'the network');
      closeSync(own);
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  listen(protocol: Endpoint['protocol'], port: number, word: string, address = '0.0.0.0'): Promise<string> {
    return this.#ask({ listen: { protocol, port, address }, word });
  }

  call(protocol: Endpoint['protocol'], address: string, port: number): Promise<string> {
    return this.#ask({ call: { protocol, address, port } });
  }

  /** Runs a program in the agent's namespace. */
  run(...argv: readonly string[]): string {
    return execFileSync('nsenter', ['-t', `${this.pid}`, '-n', ...argv], { encoding: 'utf8' });
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  async #ask(order: Order): Promise<string> {
    this.#process.send(order);
    const [answer] = await once(this.#process, 'message');
    return String(answer);
  }
}

export interface Engine {
  readonly manager: BridgeNetworkManager;
  readonly networks: UserNetworks;
  readonly database: SqliteDatabase;
  readonly warnings: string[];
  stop(): Promise<void>;
}

/** A database with the tables of networks alone, for as long as the test. */
export async function networkDatabase(t: ExecutionContext): Promise<SqliteDatabase> {
  const { root, remove } = temporaryRoot();
  const database = new SqliteDatabase(configOf(root));
  t.teardown(remove);
  await database.onStart();
  t.teardown(() => database.onStop());
  database.migrate('network', MIGRATIONS);
  return database;
}

function configOf(root: string): Config {
  return { root, runDir: root, bridge: 'gnt0', subnet: undefined, pluginDirs: [], daemon: true, debug: false };
}

/** A manager on a root folder, as a process of the engine has it. Several may share a root. */
export async function startEngine(root: string, settings: Partial<Config> = {}): Promise<Engine> {
  const config = { ...configOf(root), ...settings };
  const warnings: string[] = [];
  const log = { debug: () => undefined, info: () => undefined, warn: (text: string) => void warnings.push(text) };
  const database = new SqliteDatabase(config);
  await database.onStart();
  const events = new SqlEvents(database, log);
  await events.onStart();
  const manager = new BridgeNetworkManager(config, database, log, events);
  await manager.onStart();
  const networks = new UserNetworks(config, database, events, manager);
  const stop = async (): Promise<void> => {
    await networks.onStop();
    await manager.onStop();
    await events.onStop();
    await database.onStop();
  };
  return { manager, networks, database, warnings, stop };
}

export function temporaryRoot(): { readonly root: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'gantry-network-'));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Puts a script in nft's place, for this process alone. */
export async function withNft(root: string, script: string, work: () => Promise<void>): Promise<void> {
  const real = realpathSync('/usr/sbin/nft');
  const stub = join(root, 'nft');
  writeFileSync(stub, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  check(libc().unshare(CLONE_NEWNS), 'unshare', 'mounts');
  execFileSync('mount', ['--make-rprivate', '/']);
  execFileSync('mount', ['--bind', stub, real]);
  try {
    await work();
  } finally {
    execFileSync('umount', [real]);
  }
}
