/** What plugins may add to, and what is there already. */
export const PS_COLUMNS = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'];
export const PS_FILTERS = ['ancestor', 'exited', 'health', 'id', 'label', 'name', 'status'];
/** What happens to containers: the words of their events. */
export const CONTAINER_EVENTS = [
  ...['create', 'start', 'die', 'kill', 'stop', 'restart', 'destroy', 'attach', 'commit'],
  ...['rename', 'pause', 'unpause', 'update', 'oom'],
  ...['health_status: healthy', 'health_status: unhealthy'],
];
