import { GantryError } from '../../../kernel/index.js';
import type { IsolationSettings } from '../contracts/index.js';
import { checkProfile } from '../seccomp/index.js';
import { type ClientContext, readClientText } from './client-files.js';

type SecuritySettings = Pick<IsolationSettings, 'noNewPrivileges' | 'seccomp'>;

/** @throws GantryError `invalid`, in Docker's words; `not found` for a profile that is not there */
export async function securitySettings(options: readonly string[], client: ClientContext): Promise<SecuritySettings> {
  let settings: SecuritySettings = { noNewPrivileges: false, seccomp: '' };
  for (const option of options) settings = { ...settings, ...(await settingOf(option, client)) };
  return settings;
}

async function settingOf(option: string, client: ClientContext): Promise<Partial<SecuritySettings>> {
  const [, name = option, value] = /^([^=:]*)[=:](.*)$/s.exec(option) ?? [];
  if (name === 'no-new-privileges') return { noNewPrivileges: parseBoolean(option, value) };
  if (name === 'seccomp' && value) return { seccomp: await readProfile(value, client) };
  throw new GantryError('invalid', `invalid --security-opt: ${JSON.stringify(option)}`, {
    hint: 'There are no-new-privileges, seccomp=unconfined and seccomp=FILE',
  });
}

function parseBoolean(option: string, value = 'true'): boolean {
  if (value !== 'true' && value !== 'false')
    throw new GantryError('invalid', `invalid --security-opt: ${JSON.stringify(option)}`);
  return value === 'true';
}

/** The text of the profile is stored in the container's row: a later change of the file has no effect. */
async function readProfile(value: string, client: ClientContext): Promise<string> {
  if (value === 'unconfined') return value;
  if (value === 'builtin') return '';
  const text = await readClientText(value, await client.openFile(value));
  checkProfile(value, text);
  return text;
}
