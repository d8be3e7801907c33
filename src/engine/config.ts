import { GantryError } from '../kernel/index.js';
import type { Config, RegistrySettings } from '../plugins/system/index.js';
import type { Settings } from './settings.js';

/** The configuration that plugins get, from flags and environment of this process. */
export function configOf(settings: Settings): Config {
  return {
    root: settings.root,
    runDir: settings.runDir,
    bridge: process.env['GANTRY_BRIDGE'] || 'gantry0',
    subnet: process.env['GANTRY_SUBNET'] || undefined,
    mtu: process.env['GANTRY_MTU'] ? Number(process.env['GANTRY_MTU']) : undefined,
    pluginDirs: settings.pluginDirs,
    daemon: settings.daemon,
    debug: settings.debug,
    storageDriver: settings.storageDriver,
    maxLayerBytes: settings.maxLayerBytes,
    registries: registriesOf(process.env),
  };
}

const CERTIFICATES = '/etc/gantry/certs.d:/etc/docker/certs.d';
const STALL_SECONDS = 30;

function registriesOf(env: NodeJS.ProcessEnv): RegistrySettings {
  const list = (name: string): string[] => (env[name] ?? '').split(',').filter(Boolean);
  return {
    insecure: list('GANTRY_INSECURE_REGISTRIES'),
    mirrors: list('GANTRY_REGISTRY_MIRRORS').map(checkedMirror),
    certificates: (env['GANTRY_CERTS'] || CERTIFICATES).split(':'),
    proxy: {
      HTTPS_PROXY: env['HTTPS_PROXY'] || env['https_proxy'],
      HTTP_PROXY: env['HTTP_PROXY'] || env['http_proxy'],
      NO_PROXY: env['NO_PROXY'] || env['no_proxy'],
    },
    stall: (Number(env['GANTRY_REGISTRY_TIMEOUT']) || STALL_SECONDS) * 1000,
  };
}

/** @throws GantryError `usage`, in words, for an address that would not be asked as it is */
function checkedMirror(address: string): string {
  const url = URL.parse(address.includes('://') ? address : `https://${address}`);
  const isPlain = url && ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && !url.search && !url.hash;
  if (isPlain && !url.username && !url.password) return address;
  throw new GantryError(
    'usage',
    'GANTRY_REGISTRY_MIRRORS: a mirror is http:// or https://, a host and a port, without a path or login',
  );
}
