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

  @Option('--device-cgroup-rule', 'Add a rule to the cgroup allowed devices list', { type: 'list' })
  deviceCgroupRule: string[] = [];

  @Option('--gpus', "GPU devices to add to the container ('all' to pass all GPUs)", {
    type: 'list',
    value: 'gpu-request',
  })
  gpus: string[] = [];

  @Option('--security-opt', 'Security options: no-new-privileges, seccomp=FILE, systempaths=unconfined', {
    type: 'list',
    complete: [
      'no-new-privileges',
      'seccomp=unconfined',
      'seccomp=',
      'systempaths=unconfined',
      'writable-cgroups=true',
    ],
  })
  securityOpt: string[] = [];

  @Option('--sysctl', 'Sysctl options', { type: 'list', value: 'map' })
  sysctl: string[] = [];

  @Option('--group-add', 'Add additional groups to join', { type: 'list' })
  groupAdd: string[] = [];

  @Option('--ipc', 'IPC mode to use: private, shareable, host, none or container:NAME', {
    type: 'string',
    complete: ['private', 'shareable', 'host', 'none'],
  })
  ipc = '';

  @Option('--pid', 'PID namespace to use: host, container:NAME, or one of its own', {
    type: 'string',
    complete: ['host'],
  })
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

  @Option('--dns-option, --dns-opt', 'Set DNS options', { type: 'list' })
  dnsOption: string[] = [];

  @Option('--isolation', 'Container isolation technology: default, the only one there is', {
    type: 'string',
    hidden: true,
  })
  isolation = '';

  @Option('--runtime', 'Runtime to use for this container: the one that info names', { type: 'string' })
  ociRuntime = '';

  @Option('--annotation', 'Add an annotation to the container (passed through to the OCI runtime)', {
    type: 'list',
    value: 'map',
  })
  annotation: string[] = [];
}
