import type { Events } from '../../system/index.js';
import type { Container } from '../contracts/index.js';

/** Emits an event of a container with Docker's attributes: its image, its name and its labels. */
export function recordEvent(
  events: Pick<Events, 'emit'>,
  { id, name, config }: Pick<Container, 'id' | 'name' | 'config'>,
  action: string,
  more: Readonly<Record<string, string>> = {},
): void {
  events.emit('container', action, id, { ...config.process?.Labels, image: config.image, name, ...more });
}
