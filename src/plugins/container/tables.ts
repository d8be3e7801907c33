/** What plugins may add to, and what is there already. */
export const PS_COLUMNS = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'];
export const PS_FILTERS = ['ancestor', 'exited', 'id', 'label', 'name', 'status'];
