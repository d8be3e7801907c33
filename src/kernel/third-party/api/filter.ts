import { FILTERS_KEY } from '../../contracts/index.js';
import { methodDecorator, methodMetadata, type OfMethod } from './method-metadata.js';

interface FilterMetadata {
  readonly command: string;
  /** The name before the `=`. */
  readonly filter: string;
}

/** A method behind `--filter NAME=VALUE` of `ps` or `images`: whether each of the rows stays. */
export function Filter<Row = never>(command: string, filter: string) {
  type Keeps = (value: string, rows: readonly Row[]) => readonly boolean[] | Promise<readonly boolean[]>;
  return methodDecorator<Keeps, FilterMetadata>('Filter', FILTERS_KEY, { command, filter });
}

/** @internal */
export function filtersOf(target: object): readonly OfMethod<FilterMetadata>[] {
  return methodMetadata(FILTERS_KEY, target);
}
