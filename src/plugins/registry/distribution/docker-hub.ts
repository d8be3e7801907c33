import { parseReference } from '../../image/index.js';

const HUB = 'docker.io';
const HUB_HOST = 'registry-1.docker.io';
/** Docker Hub's key in the configurations of clients. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** Where the registry of a domain answers. */
export function hostOf(domain: string): string {
  return domain === HUB ? HUB_HOST : domain;
}

/** What clients keep the login for a domain under. */
export function loginKey(domain: string): string {
  return domain === HUB ? HUB_KEY : domain;
}

/** The domain that people mean by a registry's name: `docker.io` for nothing, or for any of Docker Hub's own. */
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
