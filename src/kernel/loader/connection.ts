import { Duplex, type Readable, type Writable } from 'node:stream';

/** Two streams, one each way, as the connection that servers know: half of it may end before the other. */
export function connection(incoming: Readable, outgoing: Writable): Duplex {
  return Duplex.from({ readable: incoming, writable: outgoing });
}
