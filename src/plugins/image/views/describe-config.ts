import { NIL_LIST, NIL_MAP, omitEmpty, TemplateMap } from '../../../kernel/index.js';
import type { HealthConfig, ImageConfig } from '../contracts/index.js';

/** What a container's configuration has beside that of an image. */
interface ContainerSettings {
  readonly Hostname: string;
  readonly Domainname: string;
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  readonly StdinOnce: boolean;
  readonly Image: string;
  readonly StopTimeout: number | null;
}

/** Those of an image. */
const NO_CONTAINER: ContainerSettings = {
  ...{ Hostname: '', Domainname: '', AttachStdin: false, AttachStdout: false, AttachStderr: false },
  ...{ Tty: false, OpenStdin: false, StdinOnce: false, Image: '', StopTimeout: null },
};

/** `Config` of Docker's API, of an image or a container. */
export function describeConfig(config: ImageConfig, own: ContainerSettings = NO_CONTAINER): object {
  const described = {
    Hostname: own.Hostname,
    Domainname: own.Domainname,
    User: config.User ?? '',
    AttachStdin: own.AttachStdin,
    AttachStdout: own.AttachStdout,
    AttachStderr: own.AttachStderr,
    ExposedPorts: config.ExposedPorts ? new TemplateMap(config.ExposedPorts, {}) : NIL_MAP,
    Tty: own.Tty,
    OpenStdin: own.OpenStdin,
    StdinOnce: own.StdinOnce,
    Env: config.Env ?? NIL_LIST,
    Cmd: orNil(config.Cmd),
    Healthcheck: config.Healthcheck ? healthcheck(config.Healthcheck) : null,
    Image: own.Image,
    Volumes: config.Volumes ? new TemplateMap(config.Volumes, {}) : NIL_MAP,
    WorkingDir: config.WorkingDir ?? '',
    Entrypoint: orNil(config.Entrypoint),
    OnBuild: orNil(config.OnBuild),
    Labels: new TemplateMap(config.Labels ?? {}),
    StopSignal: config.StopSignal ?? '',
    StopTimeout: own.StopTimeout,
    Shell: NIL_LIST,
  };
  return omitEmpty(described, 'ExposedPorts', 'Healthcheck', 'StopSignal', 'StopTimeout', 'Shell');
}

function orNil(list: readonly string[] = []): readonly string[] {
  return list.length > 0 ? list : NIL_LIST;
}

function healthcheck({ Test, Interval, Timeout, StartPeriod, StartInterval, Retries }: HealthConfig): object {
  const described = {
    Test: Test ?? NIL_LIST,
    Interval: Interval ?? 0,
    Timeout: Timeout ?? 0,
    StartPeriod: StartPeriod ?? 0,
    StartInterval: StartInterval ?? 0,
    Retries: Retries ?? 0,
  };
  return omitEmpty(described, 'Test', 'Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries');
}
