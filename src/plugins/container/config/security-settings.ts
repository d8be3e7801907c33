import { readFileSync } from 'node:fs';
import { ifThere } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import type { IsolationSettings } from '../contracts/index.js';
import { booleanOf } from '../parsers/index.js';
import { checkProfile } from '../seccomp/index.js';
import { type ClientContext, openClientText } from './client-files.js';

type SecuritySettings = Pick<
  IsolationSettings,
  'noNewPrivileges' | 'seccomp' | 'unconfinedPaths' | 'writableCgroups' | 'labels'
>;

/** Whether the kernel has AppArmor, and confines programs with it. */
const APPARMOR = '/sys/module/apparmor/parameters/enabled';

/** @throws GantryError `usage`, in Docker's words, also for a profile that is not there */
export async function securitySettings(options: readonly string[], client: ClientContext): Promise<SecuritySettings> {
  let settings: SecuritySettings = { noNewPrivileges: false, seccomp: '' };
  for (const option of options) {
    const { labels, ...given } = await settingOf(option, client);
    settings = { ...settings, ...given, ...(labels && { labels: [...(settings.labels ?? []), ...labels] }) };
  }
  return settings;
}

async function settingOf(option: string, client: ClientContext): Promise<Partial<SecuritySettings>> {
  const [, name = option, value] = /^([^=:]*)[=:](.*)$/s.exec(option) ?? [];
  if (name === 'no-new-privileges') return { noNewPrivileges: booleanIn(option, value) };
  if (name === 'writable-cgroups') return { writableCgroups: booleanIn(option, value) };
  if (name === 'seccomp' && value) return { seccomp: await readProfile(value, client) };
  if (name === 'systempaths' && value === 'unconfined') return { unconfinedPaths: true };
  if (name === 'apparmor' && value) return { labels: [checkAppArmor(option, value)] };
  // Without SELinux a label has no effect, in Docker neither.
  if (name === 'label' && value) return { labels: [option] };
  throw new GantryError('usage', `invalid --security-opt: ${JSON.stringify(option)}`, {
    hint: 'There are no-new-privileges, seccomp, systempaths=unconfined, writable-cgroups, apparmor and label',
  });
}

function booleanIn(option: string, text = 'true'): boolean {
  const value = booleanOf(text);
  if (value === undefined) throw new GantryError('usage', `invalid --security-opt: ${JSON.stringify(option)}`);
  return value;
}

/** Programs of containers have no profile. As in Docker, one that is named counts only on a host with AppArmor. */
function checkAppArmor(option: string, profile: string): string {
  const isOn = ifThere(() => readFileSync(APPARMOR, 'latin1'))?.startsWith('Y') ?? false;
  if (profile === 'unconfined' || !isOn) return option;
  throw new GantryError('usage', `invalid --security-opt: ${JSON.stringify(option)}`, {
    hint: 'Containers have no AppArmor profile: unconfined is what there is',
  });
}

/** The text of the profile is stored in the container's row: a later change of the file has no effect. */
async function readProfile(value: string, client: ClientContext): Promise<string> {
  if (value === 'unconfined') return value;
  if (value === 'builtin') return '';
  const text = await openClientText(value, client);
  checkProfile(value, text);
  return text;
}
