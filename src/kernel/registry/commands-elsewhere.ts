/** Commands of Docker's client that are not here, and what to do instead. */
const ELSEWHERE: readonly (readonly [commands: readonly string[], advice: string])[] = [
  [
    ['build', 'builder', 'buildx', 'image build'],
    'Images are built elsewhere: build one with buildah or podman, and bring it with `docker load` or `docker pull`',
  ],
  [
    ['compose'],
    'Start each service with `docker run -d --restart unless-stopped --network NAME --name SERVICE`: they reach each other by name',
  ],
  [
    ['config', 'node', 'secret', 'service', 'stack', 'swarm'],
    'The engine runs containers of one host: `docker run -d --restart unless-stopped` keeps one running',
  ],
  [['context'], 'Name the daemon with -H or DOCKER_HOST; --context NAME reads a context that is there already'],
  [
    ['checkpoint'],
    'A container cannot be stored while it runs: `docker commit` keeps its files, `docker pause` stops it',
  ],
  [['trust'], 'Signatures are checked elsewhere: pull by digest, as in `docker pull NAME@sha256:DIGEST`'],
  [['manifest'], 'Lists of images are made and shown elsewhere: `skopeo inspect --raw docker://NAME` prints one'],
  [
    ['plugin create', 'plugin push', 'plugin set', 'plugin upgrade'],
    'Plugins here are TypeScript files: `docker plugin new` makes one, `docker plugin add` installs it, or a newer version',
  ],
  [['volume update'], 'Volumes of clusters are not here'],
  [
    ['app', 'debug', 'desktop', 'extension', 'init', 'model', 'sbom', 'scan', 'scout'],
    "It is a plugin of Docker's client, and not part of the engine",
  ],
];

/** What to do instead of a command that only Docker has; undefined for any other word. @param command without `docker` */
export function adviceFor(command: string): string | undefined {
  return ELSEWHERE.find(([commands]) => commands.includes(command))?.[1];
}
