/** Columns and filters of `ps`; plugins may add more. */
export const PS_COLUMNS = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'];
export const PS_FILTERS = ['ancestor', 'exited', 'health', 'id', 'label', 'name', 'status'];
