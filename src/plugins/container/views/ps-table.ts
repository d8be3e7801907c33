/** Columns and filters of `ps`; plugins may add more. */
export const PS_COLUMNS = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'];
export const PS_FILTERS = [
  ...['ancestor', 'before', 'exited', 'expose', 'health', 'id', 'is-task', 'label', 'name', 'network', 'publish'],
  ...['since', 'status', 'volume'],
];
