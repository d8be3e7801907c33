/** The variables that a daemon and its children have of whoever starts it. Those of `GANTRY_` and `LC_` are not listed. */
const VARIABLES: ReadonlySet<string> = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'LANG', 'LANGUAGE', 'TZ'],
  ...['DOCKER_CERT_PATH', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'SSL_CERT_FILE', 'NODE_COMPILE_CACHE'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
]);

type Env = Readonly<Record<string, string | undefined>>;

/** The part of an environment that a daemon has. `DOCKER_HOST` is not: it says where clients call. */
export function daemonEnvironment(env: Env): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => VARIABLES.has(name) || /^(GANTRY|LC)_/.test(name)));
}
