import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageEngine } from './engine.js';

/** What is wrong with the images of an engine that nobody uses right now; nothing, if all is well. */
export async function graphFaults({ root, graph, database }: ImageEngine): Promise<string[]> {
  const faults: string[] = [];
  const known = database.sql
    .prepare('SELECT diff_id FROM layers UNION SELECT diff_id FROM removed_layers ORDER BY diff_id')
    .all()
    .map((row) => String(row['diff_id']).slice(7));
  for (const folder of ['layers', 'recipes']) {
    const there = readdirSync(join(root, folder)).sort();
    if (there.join() !== known.join()) faults.push(`${folder} has ${there.join()} instead of ${known.join()}`);
  }
  const used = database.sql.prepare(
    'SELECT diff_id FROM layers WHERE diff_id NOT IN (SELECT diff_id FROM image_layers)',
  );
  if (used.all().length > 0) faults.push('a row of a layer that no image has');
  for (const row of database.sql.prepare('PRAGMA foreign_key_check').all())
    faults.push(`a row of ${row['table']} hangs`);
  for (const { id, diffIds } of graph.list()) {
    if (digestOf([graph.configBytes(id)]) !== id) faults.push(`${id} has another digest`);
    for (const diffId of diffIds) {
      const chunks: Buffer[] = [];
      for await (const chunk of graph.layerArchive(diffId)) chunks.push(chunk as Buffer);
      if (digestOf(chunks) !== diffId) faults.push(`${diffId} has another digest`);
    }
  }
  return faults;
}

function digestOf(chunks: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}
