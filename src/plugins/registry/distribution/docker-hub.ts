import { parseReference } from '../../image/index.js';

const HUB = 'docker.io';
const HUB_HOST = 'registry-1.docker.io';
/** Docker Hub's key in the configurations of clients. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** The host of a domain's registry. */
export function hostOf(domain: string): string {
  return domain === HUB ? HUB_HOST : domain;
}

/** The key of a domain's login in clients' configurations. */
export function loginKey(domain: string): string {
  return domain === HUB ? HUB_KEY : domain;
}

/** The domain of a registry's name as users write it: `docker.io` for an empty one, and for all names of Docker Hub. */
export function domainOf(registry: string): string {
  const host = registry.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');
  return ['', HUB, 'index.docker.io', HUB_HOST, 'registry.hub.docker.com'].includes(host) ? HUB : host;
}

/** The key of a reference's login. @throws GantryError `invalid` */
export function loginKeyOf(reference: string): string {
  return loginKey(parseReference(reference).domain);
}

export function isHub(domain: string): boolean {
  return domain === HUB;
}
