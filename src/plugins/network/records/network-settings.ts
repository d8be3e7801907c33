import type { Database } from '../../system/index.js';

/** What the engine remembers of the host's network, by name. */
export class NetworkSettings {
  constructor(private readonly database: Database) {}

  get(name: 'rules' | 'forwarding'): string | undefined {
    const row = this.database.prepare('SELECT value FROM network_setting WHERE name = ?').get(name);
    return row && String(row['value']);
  }

  set(name: 'rules' | 'forwarding', value: string): void {
    if (this.get(name) === value) return;
    this.database.prepare('INSERT OR REPLACE INTO network_setting VALUES (?, ?)').run(name, value);
  }
}
