import type { Image, ImageSummary } from '../contracts/index.js';

/** An image as plain data. */
export function summaryOf(image: Image, names: readonly string[]): ImageSummary {
  const { id, parent, created, size, comment, architecture, config } = image;
  return {
    id,
    names,
    parent,
    created: created.getTime(),
    size,
    comment,
    architecture,
    labels: config.Labels ?? {},
  };
}
