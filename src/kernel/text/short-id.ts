const SHORT_LENGTH = 12;

/** The 12 digits that people see, of a container, an image, a layer or a network. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, SHORT_LENGTH);
}
