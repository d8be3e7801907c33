import 'reflect-metadata';
import type { Duplex } from 'node:stream';
import { demandClass, TRANSPORT_KEY } from '../../contracts/index.js';

/** A way for clients to reach the daemon. */
export interface PluginTransport {
  /**
   * Listens on an address, all that follows the scheme's `://`, until the plugin ends. Each connection given to
   * `accept` speaks rcli or http, with all rights: the transport decides who may connect.
   */
  listen(address: string, accept: (connection: Duplex) => void): Promise<void>;
}

/** A class that brings a scheme for `docker -d -H SCHEME://ADDRESS`. Needs the right `Transport.listen`. */
export function Transport(scheme: string) {
  return (target: new (...services: never[]) => PluginTransport): void => {
    demandClass('Transport', target);
    Reflect.defineMetadata(TRANSPORT_KEY, scheme, target);
  };
}

/** @internal */
export function schemeOf(target: object): string | undefined {
  return Reflect.getOwnMetadata(TRANSPORT_KEY, target) as string | undefined;
}
