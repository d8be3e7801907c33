import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ContainerConfig } from '../contracts/index.js';

/** The description of a container in its own folder, from which it is recovered where the database has lost it. */
export interface RecoveryRecord {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly config: ContainerConfig;
}

export function writeRecoveryRecord(path: string, { id, name, created, config }: RecoveryRecord): void {
  const fresh = `${path}.new`;
  for (const damaged of [path, fresh]) {
    if (lstatSync(damaged, { throwIfNoEntry: false })?.isDirectory()) rmSync(damaged, { recursive: true });
  }
  writeFileSync(fresh, JSON.stringify({ id, name, created, config }), { mode: 0o600 });
  renameSync(fresh, path);
}

/** Undefined where there is none, or one that is damaged or another container's. */
export function readRecoveryRecord(path: string, id: string): RecoveryRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as RecoveryRecord;
    const { process, imageId, mounts } = record.config;
    const isWhole = [record.name, imageId].every((text) => typeof text === 'string') && Array.isArray(mounts);
    return record.id === id && isWhole && typeof process === 'object' && Number.isFinite(record.created)
      ? record
      : undefined;
  } catch {
    return undefined;
  }
}
