import {
  type FormatHeaders,
  goQuoted,
  goTime,
  humanDuration,
  humanSize,
  shortId,
  truncate,
} from '../../../kernel/index.js';
import type { Container } from '../contracts/index.js';
import { shownStatus, statusText } from './container-status.js';
import { displayedPorts, type ShownPort } from './displayed-ports.js';
import { publishedPorts } from './published-ports.js';

const COMMAND_WIDTH = 20;
const MOUNT_WIDTH = 15;

export const PS_HEADERS: FormatHeaders<ReturnType<typeof psRow>> = {
  ...{ Command: 'COMMAND', CreatedAt: 'CREATED AT', ID: 'CONTAINER ID', Image: 'IMAGE', Label: '', Labels: 'LABELS' },
  ...{ LocalVolumes: 'LOCAL VOLUMES', Mounts: 'MOUNTS', Names: 'NAMES', Networks: 'NETWORKS', Ports: 'PORTS' },
  ...{ RunningFor: 'CREATED', Size: 'SIZE', State: 'STATE', Status: 'STATUS' },
};

/** Bytes of a container's own layer, and of all its layers together. */
export interface ContainerSize {
  readonly own: number;
  readonly all: number;
}

interface PsRowOptions {
  readonly noTrunc: boolean;
  /** Its image, by a name that leads to it. */
  readonly image: string;
  /** Names of the networks that it is on; without, that of its configuration. */
  readonly networks?: readonly string[];
  /** Undefined: nobody asked. */
  readonly size?: ContainerSize | undefined;
}

/** A container as `ps` shows it, under Docker's names. */
export function psRow(container: Container, { noTrunc, image, networks, size }: PsRowOptions) {
  const { config } = container;
  const command = config.args.map((part, index) => (index > 0 && part.includes(' ') ? `'${part}'` : part)).join(' ');
  const labels = config.process.Labels ?? {};
  const volumes = config.mounts.filter(({ type }) => type === 'volume');
  return {
    Command: goQuoted(noTrunc ? command : truncate(command, COMMAND_WIDTH)),
    CreatedAt: goTime(new Date(Math.floor(container.created.getTime() / 1000) * 1000)),
    ID: noTrunc ? container.id : shortId(container.id),
    Image: image,
    Label: (key: string): string => (Object.hasOwn(labels, key) ? (labels[key] ?? '') : ''),
    Labels: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    LocalVolumes: String(volumes.length),
    Mounts: config.mounts.map(({ source }) => (noTrunc ? source : truncate(source, MOUNT_WIDTH))).join(','),
    Names: container.name,
    Networks: (networks ?? [config.network]).join(','),
    Ports: displayedPorts(shownPorts(container)),
    RunningFor: `${humanDuration(Date.now() - container.created.getTime())} ago`,
    Size: size ? `${humanSize(size.own)} (virtual ${humanSize(size.all)})` : humanSize(0),
    State: shownStatus(container),
    Status: statusText(container),
  };
}

/** Ports that are published, and those that are exposed only, while it is on a network. */
function shownPorts(container: Container): readonly ShownPort[] {
  if (!container.lease) return [];
  const ports = publishedPorts(container);
  const published = new Set(ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`));
  const exposed = Object.keys(container.config.process.ExposedPorts ?? {}).filter((port) => !published.has(port));
  const unpublished = exposed.map((port) => {
    const [containerPort, protocol = 'tcp'] = port.split('/');
    return { containerPort: Number(containerPort), protocol };
  });
  return [...unpublished, ...ports];
}
