import { startEngine } from './private-network.js';

/** A process of an engine that others share: takes ten leases, publishes none of them, and tells what it got. */
const [root = '', name = ''] = process.argv.slice(2);
const { manager, stop } = await startEngine(root);
const answers: { address: string; port: number | undefined }[] = [];
for (let index = 0; index < 10; index++) {
  const request = { protocol: 'tcp', containerPort: 80, hostPort: undefined, hostAddress: undefined } as const;
  const { address, ports } = await manager.allocate(`${name}-${index}`, [request]);
  answers.push({ address, port: ports[0]?.hostPort });
}
await stop();
process.send?.(answers, () => process.disconnect());
