import { arch, platform, release } from 'node:os';
import { buildName, omitEmpty, VERSION, withGoNames } from '../../../kernel/index.js';

/** Node's names of processors, in Go's words. */
const GO_ARCH: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/**
 * Client and server under the names of Docker's API. Both are of one program. It serves no version of Docker's HTTP API, and is
 * not written in Go: these are empty.
 */
export function describeVersions(): object {
  const common = {
    Version: VERSION,
    ApiVersion: '',
    GitCommit: buildName(),
    GoVersion: '',
    Os: platform(),
    Arch: GO_ARCH[arch()] ?? arch(),
  };
  const client = { Platform: { Name: 'Gantry' }, ...common, DefaultAPIVersion: '', BuildTime: '', Context: 'default' };
  const details = { NodeVersion: process.version, KernelVersion: release(), Os: common.Os, Arch: common.Arch };
  const server = {
    Platform: { Name: 'Gantry' },
    Components: [{ Name: 'Engine', Version: VERSION, Details: details }],
    ...common,
    MinAPIVersion: '',
    KernelVersion: release(),
    Experimental: false,
    BuildTime: '',
  };
  return {
    Client: withGoNames(omitEmpty(client, 'DefaultAPIVersion', 'BuildTime'), { APIVersion: 'ApiVersion' }),
    Server: withGoNames(omitEmpty(server, 'Experimental', 'BuildTime'), { APIVersion: 'ApiVersion' }),
  };
}
