import { GantryError } from '../../../kernel/index.js';
import type { ImageConfig } from '../../image/index.js';
import { type PortBinding, parsePortSpec } from '../../network/index.js';
import type { NetworkFlags } from '../flags/index.js';

interface PortSettings {
  /** To be published. */
  readonly ports: readonly PortBinding[];
  /** Those of the image, of `--expose` and `-p`: `80/tcp`; undefined for none. */
  readonly exposed: ImageConfig['ExposedPorts'];
}

/**
 * With `-P`, every port that is exposed and not published gets a free host port.
 * @throws GantryError `usage`, in Docker's words
 */
export function portSettings({ publish, publishAll, expose }: NetworkFlags, image: ImageConfig): PortSettings {
  const asked = publish.flatMap(parsePortSpec);
  const own = [...asked, ...expose.flatMap(exposedPorts)];
  const exposed = { ...image.ExposedPorts, ...Object.fromEntries(own.map((port) => [nameOf(port), {}])) };
  const ports = publishAll ? [...asked, ...unpublished(Object.keys(exposed), asked)] : asked;
  return { ports, exposed: Object.keys(exposed).length > 0 ? exposed : undefined };
}

function exposedPorts(value: string): PortBinding[] {
  if (value.includes(':')) throw new GantryError('usage', `invalid port format for --expose: ${value}`);
  return parsePortSpec(value);
}

function unpublished(exposed: readonly string[], asked: readonly PortBinding[]): PortBinding[] {
  const published = new Set(asked.map(nameOf));
  return exposed.flatMap(parsePortSpec).filter((port) => !published.has(nameOf(port)));
}

function nameOf({ containerPort, protocol }: PortBinding): string {
  return `${containerPort}/${protocol}`;
}
