import { failure } from './budget.js';
import { type Kind, kindOf } from './values.js';

/** Go compares what is of one kind; nothing is equal to nothing alone. @throws GantryError `invalid` for what cannot be compared */
export function areEqual(one: unknown, other: unknown): boolean {
  const kinds = [basicKind(one), basicKind(other)] as const;
  if (kinds.includes('nil')) return kinds[0] === kinds[1];
  if (kinds[0] !== kinds[1]) throw failure('incompatible types for comparison');
  return one === other;
}

/** Less than 0, 0, or more. @throws GantryError `invalid` for what has no order */
export function compared(one: unknown, other: unknown): number {
  const kinds = [basicKind(one), basicKind(other)] as const;
  if (kinds[0] !== kinds[1]) throw failure('incompatible types for comparison');
  if (kinds[0] !== 'number' && kinds[0] !== 'string') throw failure('invalid type for comparison');
  if (one === other) return 0;
  return (one as number) < (other as number) ? -1 : 1;
}

function basicKind(value: unknown): Kind | 'number' {
  const kind = kindOf(value);
  if (kind === 'int' || kind === 'float64') return 'number';
  if (kind === 'list' || kind === 'map' || kind === 'struct') throw failure('non-comparable type for comparison');
  return kind;
}
