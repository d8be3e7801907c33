import { GantryError } from '../../../kernel/index.js';
import { type Platform, platformRank, platformText } from '../../image/index.js';
import type { IndexEntry } from './manifest.js';

/** The rank of an entry that names no platform: behind all that do. */
const NO_PLATFORM = 30;

/**
 * The entry of an index for a platform: of its very kind before one whose programs it runs as well, and that before one
 * that names no platform.
 * @throws GantryError `not found`, naming what there is
 */
export function choosePlatform(entries: readonly IndexEntry[], wanted: Platform, name: string): IndexEntry {
  const ranked = entries.flatMap((entry) => {
    const rank = entry.platform ? platformRank(entry.platform, wanted) : NO_PLATFORM;
    return rank === undefined ? [] : [{ entry, rank }];
  });
  const best = ranked.toSorted((one, other) => one.rank - other.rank)[0]?.entry;
  if (best) return best;
  const offered = entries.flatMap(({ platform }) =>
    platform && platform.os !== 'unknown' ? [platformText(platform)] : [],
  );
  const there = offered.length === 0 ? '' : ` (there are ${[...new Set(offered)].slice(0, 10).join(', ')})`;
  throw new GantryError(
    'not found',
    `no matching manifest for ${platformText(wanted)} in the manifest list of ${name}${there}`,
  );
}
