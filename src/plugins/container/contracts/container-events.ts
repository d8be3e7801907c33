/** The actions of container events. */
export const CONTAINER_EVENTS = [
  ...['create', 'start', 'die', 'kill', 'stop', 'restart', 'destroy', 'attach', 'commit'],
  ...['rename', 'pause', 'unpause', 'update', 'oom'],
  ...['health_status: healthy', 'health_status: unhealthy'],
];
