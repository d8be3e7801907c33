import { type Filters, GantryError, meets, meetsLabels } from '../../../kernel/index.js';
import type { Container } from '../contracts/index.js';
import { shownHealth, shownStatus } from './container-status.js';

/** Our states, and those of Docker that no container here ever has. */
const STATUSES = ['created', 'starting', 'running', 'exited', 'paused', 'restarting', 'removing', 'dead'];

const HEALTH = ['none', 'starting', 'healthy', 'unhealthy'];

/** @throws GantryError `invalid` for a value that no container can have */
export function checkPsFilters(filters: Filters): void {
  const status = filters.get('status')?.find((value) => !STATUSES.includes(value));
  if (status !== undefined) {
    throw new GantryError('invalid', `invalid filter 'status=${status}'`, { hint: `Known are ${STATUSES.join(', ')}` });
  }
  const health = filters.get('health')?.find((value) => !HEALTH.includes(value));
  if (health !== undefined) {
    throw new GantryError('invalid', `invalid filter 'health=${health}'`, { hint: `Known are ${HEALTH.join(', ')}` });
  }
  const exited = filters.get('exited')?.find((value) => !/^\d{1,3}$/.test(value));
  if (exited !== undefined) throw new GantryError('invalid', `invalid filter 'exited=${exited}': not an exit code`);
}

/** Whether the user asks for containers that do not run. */
export function wantsStopped(filters: Filters): boolean {
  return filters.has('status') || filters.has('exited');
}

/** @param descends whether an image is the named one, or was made from it */
export function meetsPsFilters(
  container: Container,
  filters: Filters,
  descends: (image: string, imageId: string) => boolean,
): boolean {
  const { id, name, status, exitCode, config } = container;
  return (
    meets(filters, 'id', (value) => id.startsWith(value)) &&
    meets(filters, 'name', (value) => isNamed(name, value)) &&
    meets(filters, 'status', (value) => shownStatus(container) === value) &&
    meets(filters, 'health', (value) => (shownHealth(container) ?? 'none') === value) &&
    meets(filters, 'exited', (value) => status === 'exited' && exitCode === Number(value)) &&
    meets(filters, 'ancestor', (value) => config.image === value || descends(value, config.imageId)) &&
    meetsLabels(filters, config.process.Labels ?? {})
  );
}

/** A part of the name is enough; `^` and `$` anchor it to the start and the end. */
function isNamed(name: string, value: string): boolean {
  const part = value.replace(/^\^?\/?/, '').replace(/\$$/, '');
  const fromStart = value.startsWith('^');
  const toEnd = value.endsWith('$');
  if (fromStart && toEnd) return name === part;
  if (fromStart) return name.startsWith(part);
  return toEnd ? name.endsWith(part) : name.includes(part);
}
