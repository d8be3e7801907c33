import type { ContainerConfig } from '../contracts/index.js';
import type { ContainerStore, StoredContainer } from '../records/index.js';

/** Of the image of the other container, and of no use here. */
const OWN_NAMES: readonly string[] = ['HOME', 'PATH'];

/**
 * The variables that `--link` gives a container of the default network, as Docker does: `DB_NAME`, `DB_PORT`,
 * `DB_PORT_5432_TCP_ADDR` and so on for the ports of the other one, `DB_ENV_X` for its variables. Of one that does not run there
 * are none.
 */
export function linkEnvironment({ name, config }: StoredContainer, store: Pick<ContainerStore, 'find'>): string[] {
  if (config.network !== 'bridge') return [];
  return (config.networkWishes?.links ?? []).flatMap(({ container, alias }) => {
    const target = store.find(container);
    const address = target.lease?.address;
    return address === undefined ? [] : variables(`/${name}/${alias}`, alias, address, target.config);
  });
}

function variables(path: string, alias: string, address: string, { ports, process }: ContainerConfig): string[] {
  const prefix = alias.toUpperCase().replaceAll('-', '_');
  const published = ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`);
  const open = [...new Set([...Object.keys(process.ExposedPorts ?? {}), ...published])]
    .map((port) => port.split('/'))
    .map(([number = '', protocol = 'tcp']) => ({ number, protocol }))
    .sort((one, other) => Number(one.number) - Number(other.number));
  const [first] = open;
  const own = (process.Env ?? []).filter((entry) => !OWN_NAMES.includes(entry.split('=', 1)[0] ?? ''));
  return [
    `${prefix}_NAME=${path}`,
    ...(first ? [`${prefix}_PORT=${first.protocol}://${address}:${first.number}`] : []),
    ...open.flatMap(({ number, protocol }) => {
      const port = `${prefix}_PORT_${number}_${protocol.toUpperCase()}`;
      return [
        `${port}=${protocol}://${address}:${number}`,
        ...[`${port}_ADDR=${address}`, `${port}_PORT=${number}`, `${port}_PROTO=${protocol}`],
      ];
    }),
    ...own.map((entry) => `${prefix}_ENV_${entry}`),
  ];
}
