/** Docker Hub's key: its images are named without a registry. */
const HUB = 'https://index.docker.io/v1/';
const NAMES_OF_HUB = ['', 'docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];

/** The key of the login for an image's registry. Its name is what comes before the first slash, if that looks like a host. */
export function serverOfImage(name: string): string {
  const at = name.indexOf('/');
  const first = name.slice(0, Math.max(0, at));
  const isHost = /[.:]|^localhost$/.test(first) || first !== first.toLowerCase();
  return keyOf(isHost ? first : '');
}

/** The key of the login for a registry as `docker login` takes it: `https://` may come before it, and a path after it. */
export function serverOfAddress(address: string): string {
  return keyOf(address.replace(/^https?:\/\//, '').replace(/\/.*$/s, ''));
}

function keyOf(host: string): string {
  return NAMES_OF_HUB.includes(host) ? HUB : host;
}
