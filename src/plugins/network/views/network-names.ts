import type { Values } from '../../../kernel/index.js';
import { Networks } from '../contracts/index.js';

export class NetworkNames implements Values {
  constructor(@Networks private readonly networks: Networks) {}

  async values(_typed: string): Promise<readonly string[]> {
    return this.networks.list().map(({ name }) => name);
  }
}

/** Completes `--network`: names of networks, and modes. */
export class NetworkModes extends NetworkNames {
  override async values(typed: string): Promise<readonly string[]> {
    return [...(await super.values(typed)), 'host', 'none', 'container:'];
  }
}
