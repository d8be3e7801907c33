import { GantryError } from '../../../kernel/index.js';
import type { Endpoint, Network } from '../contracts/index.js';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const MAX_LENGTH = 255;
/** Names that `--network` reads as something else. */
const RESERVED = ['bridge', 'host', 'none', 'default', 'container'];

/** @throws GantryError `invalid` */
export function checkNetworkName(name: string): void {
  if (!NAME.test(name) || name.length > MAX_LENGTH) {
    throw new GantryError('invalid', `${JSON.stringify(name)} includes invalid characters for a network name`, {
      hint: 'Letters, digits, "_", "." and "-" are allowed, and the first one is a letter or a digit',
    });
  }
  if (RESERVED.includes(name)) {
    throw new GantryError('invalid', `operation is not permitted on predefined ${name} network`);
  }
}

/** Refuses `host` and `none`, which have no bridge and no row. @throws GantryError `invalid`, in Docker's words */
export function refuseWithoutBridge(reference: string, what: 'removed' | 'joined'): void {
  if (reference !== 'host' && reference !== 'none') return;
  if (what === 'removed') throw predefined(reference);
  throw new GantryError('invalid', `container cannot be connected to or disconnected from the network ${reference}`, {
    hint: `Choose it when the container is made: \`docker run --network ${reference}\``,
  });
}

/** @throws GantryError `invalid`, in Docker's words */
export function refusePredefined({ name, isDefault }: Network): void {
  if (isDefault) throw predefined(name);
}

function predefined(name: string): GantryError {
  return new GantryError('invalid', `${name} is a pre-defined network and cannot be removed`);
}

/** @throws GantryError `conflict`, in Docker's words, while running containers are on it */
export function refuseInUse({ name, id }: Network, endpoints: readonly Endpoint[]): void {
  const running = endpoints.filter(({ address }) => address).map((endpoint) => endpoint.names[0] ?? endpoint.holder);
  if (running.length === 0) return;
  throw new GantryError(
    'conflict',
    `error while removing network: network ${name} id ${id} has active endpoints (${running.join(', ')})`,
    { hint: 'Stop these containers, or take them off with `docker network disconnect`' },
  );
}
