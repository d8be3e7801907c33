import { type Effect, GantryError, type Service } from '../../../kernel/index.js';
import {
  Config,
  Database,
  Log,
  RestrictedListeners,
  type RestrictedSocket,
  type RestrictedSockets,
} from '../contracts/index.js';
import { checkSocketPath, noSuchSocket } from './socket-path.js';

const SCHEMA =
  'CREATE TABLE limited_sockets (path TEXT PRIMARY KEY, allow TEXT NOT NULL, mode INTEGER NOT NULL) STRICT';

/** Restricted sockets, as rows. The daemon listens on all of them, from its start. */
export class SqlRestrictedSockets implements RestrictedSockets, Service {
  readonly #open = new Set<string>();

  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @Log private readonly log: Log,
    @RestrictedListeners private readonly listeners: RestrictedListeners,
  ) {}

  async onStart(): Promise<void> {
    this.database.migrate('socket', [SCHEMA]);
    if (this.config.daemon) await Promise.all(this.list().map((socket) => this.#reopen(socket)));
  }

  async onStop(): Promise<void> {
    await Promise.allSettled([...this.#open].map((path) => this.listeners.close(path)));
  }

  list(): readonly RestrictedSocket[] {
    const rows = this.database.sql.prepare('SELECT path, allow, mode FROM limited_sockets ORDER BY path').all();
    return rows.map((row) => ({
      path: String(row['path']),
      allow: String(row['allow']).split(',') as Effect[],
      mode: Number(row['mode']),
    }));
  }

  isOpen(path: string): boolean {
    return this.#open.has(path);
  }

  /** The row comes first: a daemon that dies in between leaves a socket that the next one opens. */
  async create(socket: RestrictedSocket): Promise<void> {
    const { path, allow, mode } = socket;
    this.database.transaction(() => {
      checkSocketPath(path, this.list());
      this.database.sql.prepare('INSERT INTO limited_sockets VALUES (?, ?, ?)').run(path, allow.join(','), mode);
    });
    try {
      await this.#listen(socket);
    } catch (error) {
      this.#deleteRow(path);
      throw error;
    }
  }

  async remove(path: string): Promise<void> {
    if (!this.list().some((socket) => socket.path === path)) throw noSuchSocket(path);
    await this.listeners.close(path);
    this.#open.delete(path);
    this.#deleteRow(path);
  }

  async #listen(socket: RestrictedSocket): Promise<void> {
    await this.listeners.open(socket);
    this.#open.add(socket.path);
  }

  /**
   * Opens a socket at the daemon's start. If its folder is missing or its path is in use, the daemon logs it and serves
   * without it.
   */
  async #reopen(socket: RestrictedSocket): Promise<void> {
    try {
      await this.#listen(socket);
    } catch (error) {
      if (!(error instanceof GantryError)) throw error;
      this.log.warn(`limited socket: ${error.message}`);
    }
  }

  #deleteRow(path: string): void {
    this.database.sql.prepare('DELETE FROM limited_sockets WHERE path = ?').run(path);
  }
}
