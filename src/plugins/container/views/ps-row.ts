import { humanDuration, shortId, truncate } from '../../../kernel/index.js';
import { socketAddress } from '../../network/index.js';
import type { Container } from '../contracts/index.js';
import { shownStatus, statusText } from './container-status.js';

const COMMAND_WIDTH = 20;

/** Headers of `ps --format 'table ...'` that are not the field's name in capitals. */
export const PS_HEADERS: Readonly<Record<string, string>> = {
  ID: 'CONTAINER ID',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  LocalVolumes: 'LOCAL VOLUMES',
};

/** A container as `ps` shows it, under Docker's names. */
export function psRow(container: Container, { noTrunc }: { readonly noTrunc: boolean }) {
  const { config, lease } = container;
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
    Ports: (lease?.ports ?? [])
      .map((port) => `${socketAddress(port.hostAddress, port.hostPort)}->${port.containerPort}/${port.protocol}`)
      .join(', '),
    RunningFor: `${humanDuration(Date.now() - container.created.getTime())} ago`,
    State: shownStatus(container),
    Status: statusText(container),
  };
}
