import { type CommandContext, GantryError } from '../contracts/index.js';
import { confirmed } from '../dry-run/index.js';
import { write } from '../streams/index.js';
import { humanSize, parseTimeFlag } from '../text/index.js';
import { type Filters, meets, meetsLabels, parseFilters } from './filter-flag.js';

const UNTIL = '--filter until';

/** Things of one kind that nothing uses, as a `prune` command asks about, removes and reports them. */
export interface Prunable {
  /** The heading of the report: `Volumes` in `Deleted Volumes:`. */
  readonly heading: string;
  /** A line of the question for each. */
  readonly asked: readonly string[];
  /** The lines of the report; without any, there is no heading. */
  readonly deleted: readonly string[];
  /** Removes them. @returns the bytes that this frees; undefined for a kind that takes no space on disk */
  remove(): Promise<number | undefined>;
}

/**
 * Asks before anything is removed, unless forced; removes one kind after the other; reports what was deleted and the space.
 * @param reported the kinds in the order of the report
 * @returns the exit code: 1 where the answer was no
 */
export async function prune(
  context: CommandContext,
  prunables: readonly Prunable[],
  { force }: { readonly force: boolean },
  reported = prunables,
): Promise<number> {
  const asked = prunables.flatMap((one) => one.asked);
  if (asked.length > 0 && !force && !(await confirmed(context, asked))) return 1;
  let reclaimed: number | undefined;
  for (const prunable of prunables) {
    const bytes = await prunable.remove();
    if (bytes !== undefined) reclaimed = (reclaimed ?? 0) + bytes;
  }
  const total = reclaimed === undefined ? '' : `Total reclaimed space: ${humanSize(reclaimed)}\n`;
  const text = reported.map(deletedText).join('') + total;
  if (text !== '') await write(context.stdout, text);
  return 0;
}

function deletedText({ heading, deleted }: Prunable): string {
  return deleted.length === 0 ? '' : `Deleted ${heading}:\n${deleted.map((line) => `${line}\n`).join('')}\n`;
}

/** The filters of `prune` commands that know when a thing was made. */
const PRUNE_FILTERS: readonly string[] = ['label', 'label!', 'until'];

/**
 * Reads the filters of a `prune` command. The moments of `until` become seconds since 1970.
 * @param more names that this one knows besides
 * @throws GantryError as `parseFilters`; `invalid` for an `until` that is no time, whether there is anything to remove or not
 */
export function parsePruneFilters(
  given: readonly string[],
  client: Pick<CommandContext, 'env'>,
  more: readonly string[] = [],
): Filters {
  const filters = new Map(parseFilters(given, [...PRUNE_FILTERS, ...more]));
  const moments = filters.get('until')?.map((moment) => untilOf(moment, client) / 1000);
  if (moments) filters.set('until', moments.map(String));
  return filters;
}

function untilOf(moment: string, client: Pick<CommandContext, 'env'>): number {
  try {
    return parseTimeFlag(moment, UNTIL, client);
  } catch (cause) {
    if (!(cause instanceof GantryError)) throw cause;
    const { hint } = cause;
    throw new GantryError('invalid', `failed to parse filter 'until=${moment}'`, { cause, ...(hint && { hint }) });
  }
}

/** @param filters of `parsePruneFilters` */
export function meetsPruneFilters(
  filters: Filters,
  { created, labels }: { readonly created: Date; readonly labels: Readonly<Record<string, string>> },
): boolean {
  const isBefore = (seconds: string): boolean => created.getTime() < Number(seconds) * 1000;
  return meets(filters, 'until', isBefore) && meetsLabels(filters, labels);
}
