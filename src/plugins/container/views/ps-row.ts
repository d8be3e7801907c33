import { humanDuration, humanSize, shortId, truncate } from '../../../kernel/index.js';
import type { Container } from '../contracts/index.js';
import { shownStatus, statusText } from './container-status.js';
import { portsText } from './published-ports.js';

const COMMAND_WIDTH = 20;

/** Headers of `ps --format 'table ...'` that are not the field's name in capitals. */
export const PS_HEADERS: Readonly<Record<string, string>> = {
  ID: 'CONTAINER ID',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  LocalVolumes: 'LOCAL VOLUMES',
};

/**
 * A container as `ps` shows it, under Docker's names.
 * @param size bytes of its own files, and of its image's; absent where nobody asks for them
 */
export function psRow(
  container: Container,
  { noTrunc, size }: { readonly noTrunc: boolean; readonly size?: { readonly own: number; readonly image: number } },
) {
  const { config } = container;
  const command = config.args.join(' ');
  const labels = config.process.Labels ?? {};
  const volumes = config.mounts.filter(({ type }) => type === 'volume');
  return {
    Command: `"${noTrunc ? command : truncate(command, COMMAND_WIDTH)}"`,
    CreatedAt: container.created.toISOString(),
    ID: noTrunc ? container.id : shortId(container.id),
    Image: config.image,
    Label: (key: string): string => (Object.hasOwn(labels, key) ? (labels[key] ?? '') : ''),
    Labels: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    LocalVolumes: String(volumes.length),
    Mounts: config.mounts.map(({ source }) => source).join(','),
    Names: container.name,
    Networks: config.network,
    Ports: portsText(container),
    RunningFor: `${humanDuration(Date.now() - container.created.getTime())} ago`,
    Size: size ? `${humanSize(size.own)} (virtual ${humanSize(size.own + size.image)})` : '0B',
    State: shownStatus(container),
    Status: statusText(container),
  };
}
