import { booleanFilter, type Filters, GantryError, meets, meetsLabels, namePattern } from '../../../kernel/index.js';
import type { Container } from '../contracts/index.js';
import { shownHealth, shownStatus } from './container-status.js';
import { publishedPorts } from './published-ports.js';

/** Our states, and those of Docker that no container here ever has. */
const STATUSES = ['created', 'starting', 'running', 'exited', 'paused', 'restarting', 'removing', 'dead'];

const HEALTH = ['none', 'starting', 'healthy', 'unhealthy'];

/** What filters look up: they are given names, and containers have ids. */
export interface PsLookups {
  /** Whether an image is the named one, or was made from it. */
  descends(image: string, imageId: string): boolean;
  /** Whether containers are on a network, or have that mode. */
  onNetwork(network: string): (container: Container) => boolean;
  /** Its place among all, the newest being 0. */
  placeOf(container: Container): number;
  /** The place of a named container. @throws GantryError `not found` */
  place(reference: string): number;
}

/** Whether the user asks for containers that do not run. */
export function wantsStopped(filters: Filters): boolean {
  return filters.has('status') || filters.has('exited');
}

/** The containers that filters let through. @throws GantryError `invalid` for a value that no container can have */
export function psFilter(filters: Filters, lookups: PsLookups): (container: Container) => boolean {
  checkValues(filters);
  const names = filters.get('name')?.map((value) => namePattern(value));
  const isTask = booleanFilter(filters, 'is-task');
  const onNetworks = filters.get('network')?.map((value) => lookups.onNetwork(value));
  const [before, since] = ['before', 'since'].map((name) => filters.get(name)?.map((value) => lookups.place(value)));
  const [publish, expose] = ['publish', 'expose'].map((name) => filters.get(name)?.map(portRange));
  return (container) => {
    const { id, name, status, exitCode, config } = container;
    return (
      isTask !== true &&
      meets(filters, 'id', (value) => id.startsWith(value)) &&
      // Docker's names begin with a slash.
      (names?.some((matches) => matches(name) || matches(`/${name}`)) ?? true) &&
      meets(filters, 'status', (value) => shownStatus(container) === value) &&
      meets(filters, 'health', (value) => (shownHealth(container) ?? 'none') === value) &&
      meets(filters, 'exited', (value) => status === 'exited' && exitCode === Number(value)) &&
      meets(filters, 'volume', (value) => config.mounts.some((mount) => isMount(mount, value))) &&
      (publish?.some((range) => publishedPorts(container).some(inRange(range, 'hostPort'))) ?? true) &&
      (expose?.some((range) => exposedPorts(container).some(inRange(range, 'containerPort'))) ?? true) &&
      meetsLabels(filters, config.process.Labels ?? {}) &&
      meets(filters, 'ancestor', (value) => config.image === value || lookups.descends(value, config.imageId)) &&
      (onNetworks?.some((isOn) => isOn(container)) ?? true) &&
      (before?.some((place) => lookups.placeOf(container) > place) ?? true) &&
      (since?.some((place) => lookups.placeOf(container) < place) ?? true)
    );
  };
}

function checkValues(filters: Filters): void {
  refuseOthers(filters, 'status', STATUSES);
  refuseOthers(filters, 'health', HEALTH);
  const exited = filters.get('exited')?.find((value) => !/^\d{1,3}$/.test(value));
  if (exited !== undefined) throw new GantryError('invalid', `invalid filter 'exited=${exited}': not an exit code`);
}

function refuseOthers(filters: Filters, name: string, known: readonly string[]): void {
  const odd = filters.get(name)?.find((value) => !known.includes(value));
  if (odd === undefined) return;
  throw new GantryError('invalid', `invalid filter '${name}=${odd}'`, { hint: `Known are ${known.join(', ')}` });
}

function isMount({ source, target }: Container['config']['mounts'][number], value: string): boolean {
  return source === value || target === value;
}

interface PortRange {
  readonly first: number;
  readonly last: number;
  readonly protocol: string;
}

/** `80`, `80/udp`, `8000-8010/tcp`. */
function portRange(text: string): PortRange {
  const [, first, last = first, protocol = 'tcp'] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  if (first === undefined || Number(last) > 65_535 || Number(first) > Number(last)) {
    throw new GantryError('invalid', `invalid port '${text}'`, { hint: 'Give 80, 80/udp or 8000-8010/tcp' });
  }
  return { first: Number(first), last: Number(last), protocol };
}

function inRange<Key extends string>({ first, last, protocol }: PortRange, key: Key) {
  return (port: Readonly<Record<Key, number>> & { readonly protocol: string }): boolean =>
    port.protocol === protocol && first <= port[key] && port[key] <= last;
}

/** The ports that its image and its flags expose, and those that are published. */
function exposedPorts(container: Container): { readonly containerPort: number; readonly protocol: string }[] {
  const exposed = Object.keys(container.config.process.ExposedPorts ?? {}).map((port) => {
    const [number, protocol = 'tcp'] = port.split('/');
    return { containerPort: Number(number), protocol };
  });
  return [...exposed, ...container.config.ports];
}
