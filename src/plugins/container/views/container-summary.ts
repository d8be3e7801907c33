import type { Container, ContainerSummary } from '../contracts/index.js';

/** A container as plain data. */
export function summaryOf(container: Container): ContainerSummary {
  const { id, name, created, config, status, exitCode, pid, startedAt, finishedAt, lease, paused, health } = container;
  return {
    id,
    name,
    image: config.image,
    imageId: config.imageId,
    command: config.args,
    created: created.getTime(),
    status,
    exitCode,
    paused,
    ...(health && { health: health.status }),
    pid,
    ...(startedAt && { startedAt: startedAt.getTime() }),
    ...(finishedAt && { finishedAt: finishedAt.getTime() }),
    labels: config.process.Labels ?? {},
    ports: (lease?.ports ?? []).map(({ hostAddress, hostPort, containerPort, protocol }) => ({
      hostIp: hostAddress,
      hostPort,
      containerPort,
      protocol,
    })),
    ...(lease && { address: lease.address }),
    privileged: config.privileged ?? false,
  };
}
