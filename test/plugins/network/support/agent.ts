import { call, type Endpoint, listen } from './peers.js';

/** What a test asks of a process that lives in a network namespace of its own. */
export type Order = { readonly listen: Endpoint; readonly word: string } | { readonly call: Endpoint };

process.on('message', async (order: Order) => {
  if ('call' in order) return process.send?.(await call(order.call));
  await listen(order.listen, order.word);
  return process.send?.('listening');
});
process.on('disconnect', () => process.exit());
