/** What plugins may add to, and what is there already. */
export const IMAGES_COLUMNS = ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'];
export const IMAGE_FILTERS = ['dangling', 'label', 'reference'];
