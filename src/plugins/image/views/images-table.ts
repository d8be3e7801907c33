/** Columns and filters of `docker images`; plugins may add further ones. */
export const IMAGES_COLUMNS = ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'];
export const IMAGE_FILTERS = ['before', 'dangling', 'label', 'reference', 'since', 'until'];
