/** The release, the same as in package.json. */
export const VERSION = '0.2.0';

/** When the build that this process runs was made, by the name of its folder; empty where it is not bundled. */
export function buildName(main = process.argv[1] ?? ''): string {
  return /\/bundle-([^/]+)\/main\.cjs$/.exec(main)?.[1] ?? '';
}

/** Version and build of the program that this process runs. */
export function programName(): string {
  const build = buildName();
  return build === '' ? VERSION : `${VERSION}, build ${build}`;
}
