import { Option } from '../../../kernel/index.js';
import { CAPABILITY_WORDS } from '../parsers/index.js';
import { ResourceFlags } from './resource-flags.js';

/** Flags of `run` and `create`: isolation from the host. */
export abstract class IsolationFlags extends ResourceFlags {
  @Option('--privileged', 'Give extended privileges to this container')
  privileged = false;

  @Option('--cap-add', 'Add Linux capabilities', { type: 'list', complete: CAPABILITY_WORDS })
  capAdd: string[] = [];

  @Option('--cap-drop', 'Drop Linux capabilities', { type: 'list', complete: CAPABILITY_WORDS })
  capDrop: string[] = [];

  @Option('--device', 'Add a host device to the container', { type: 'list', complete: 'file' })
  device: string[] = [];

  @Option('--security-opt', 'Security options: no-new-privileges, seccomp=unconfined, seccomp=FILE', {
    type: 'list',
    complete: ['no-new-privileges', 'seccomp=unconfined', 'seccomp='],
  })
  securityOpt: string[] = [];

  @Option('--sysctl', 'Sysctl options', { type: 'list', value: 'map' })
  sysctl: string[] = [];

  @Option('--group-add', 'Add additional groups to join', { type: 'list' })
  groupAdd: string[] = [];

  @Option('--ipc', 'IPC mode to use: private, host or none', { type: 'string', complete: ['private', 'host', 'none'] })
  ipc = '';

  @Option('--pid', 'PID namespace to use: host, or one of its own', { type: 'string', complete: ['host'] })
  pid = '';

  @Option('--uts', 'UTS namespace to use: host, or one of its own', { type: 'string', complete: ['host'] })
  uts = '';

  @Option('--cgroupns', 'Cgroup namespace to use: host or private; default: host with cgroup v1, private with v2', {
    type: 'string',
    complete: ['host', 'private'],
  })
  cgroupns = '';

  @Option('--userns', 'User namespace to use: host, the only one there is', { type: 'string', complete: ['host'] })
  userns = '';

  @Option('--add-host', 'Add a custom host-to-IP mapping (host:ip)', { type: 'list' })
  addHost: string[] = [];

  @Option('--dns', 'Set custom DNS servers', { type: 'list' })
  dns: string[] = [];

  @Option('--dns-search', 'Set custom DNS search domains', { type: 'list' })
  dnsSearch: string[] = [];

  @Option('--annotation', 'Add an annotation to the container (passed through to the OCI runtime)', {
    type: 'list',
    value: 'map',
  })
  annotation: string[] = [];
}
