import type { EngineEvent } from '../contracts/index.js';
import { parseJsonColumn } from '../database/index.js';

/** An event as a row of the table has it. */
export function toEvent(row: Record<string, unknown>): EngineEvent {
  return {
    id: Number(row['id']),
    time: Number(row['time']),
    type: String(row['type']) as EngineEvent['type'],
    action: String(row['action']),
    actor: String(row['actor']),
    attributes: parseJsonColumn<Record<string, string>>(row['attributes'], {}),
  };
}
