import type { Target } from '../target.js';
import { config } from './config.js';
import { frames } from './frames.js';
import { guest } from './guest.js';
import { hosts } from './hosts.js';
import { manifest } from './manifest.js';
import { passwd } from './passwd.js';
import { path } from './path.js';
import { rcli } from './rcli.js';
import { reference } from './reference.js';
import { tar } from './tar.js';
import { template } from './template.js';

/** What `--target` names. */
export const TARGETS: Readonly<Record<string, Target>> = {
  ...{ tar, config, manifest, rcli, frames, passwd, path, reference, template, guest, hosts },
} as unknown as Readonly<Record<string, Target>>;
