import { type ExtendedCall, Extends, type Next, plugin, Veto } from 'gantry';

/** A policy: where this plugin cannot be asked, nothing is run at all. */
@Extends('run', { onFailure: 'refuse' })
class NoPrivileged {
  around({ options }: ExtendedCall, next: Next): Promise<number> {
    if (options['privileged'])
      throw new Veto('privileged containers are not allowed on this host', 'Leave --privileged out');
    return next();
  }
}

export default plugin({
  id: 'no-privileged',
  api: 1,
  summary: 'Refuses privileged containers',
  extensions: [NoPrivileged],
});
