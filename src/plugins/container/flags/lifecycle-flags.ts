import { Option } from '../../../kernel/index.js';
import { SIGNAL_WORDS } from '../parsers/index.js';
import { IsolationFlags } from './isolation-flags.js';

/** Flags of `run` and `create`: how runs of the container begin, end and follow each other. */
export abstract class LifecycleFlags extends IsolationFlags {
  @Option('--restart', 'Restart policy to apply when a container exits', {
    type: 'string',
    shownDefault: 'no',
    complete: ['no', 'on-failure', 'always', 'unless-stopped'],
  })
  restart = '';

  @Option('--restart-unhealthy', 'Restart the container when its health check fails, whatever the restart policy')
  restartUnhealthy = false;

  @Option('--init', 'Run an init inside the container that forwards signals and reaps processes')
  init = false;

  @Option('--stop-signal', 'Signal to stop the container', { type: 'string', complete: SIGNAL_WORDS })
  stopSignal = '';

  @Option('--stop-timeout', 'Timeout (in seconds) to stop a container', { type: 'integer', value: 'int' })
  stopTimeout: number | undefined = undefined;

  @Option('--health-cmd', 'Command to run to check health', { type: 'string' })
  healthCmd = '';

  @Option('--health-interval', 'Time between running the check (ms|s|m|h)', { type: 'string', value: 'duration' })
  healthInterval = '';

  @Option('--health-timeout', 'Maximum time to allow one check to run (ms|s|m|h)', {
    type: 'string',
    value: 'duration',
  })
  healthTimeout = '';

  @Option('--health-start-period', 'Time for the container to initialize, before failures count (ms|s|m|h)', {
    type: 'string',
    value: 'duration',
  })
  healthStartPeriod = '';

  @Option('--health-start-interval', 'Time between checks during the start period (ms|s|m|h)', {
    type: 'string',
    value: 'duration',
  })
  healthStartInterval = '';

  @Option('--health-retries', 'Consecutive failures needed to report unhealthy', { type: 'integer', value: 'int' })
  healthRetries: number | undefined = undefined;

  @Option('--no-healthcheck', 'Disable any container-specified HEALTHCHECK')
  noHealthcheck = false;
}
