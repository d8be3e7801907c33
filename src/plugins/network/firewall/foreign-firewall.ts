import { readFileSync } from 'node:fs';
import { runTool } from '../host/index.js';

interface ChainEntry {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string;
  readonly policy?: string;
}

/**
 * Warns of other firewalls that drop packets of containers. A drop in one base chain of a hook is final, even if the
 * engine's chains accept the packet before or after: only a rule in that chain helps, and its owner has to add it.
 * @returns one warning for each chain that drops what is forwarded, and has no rule that names the bridge
 */
export async function foreignDrops(ownTable: string, bridges: readonly string[]): Promise<string[]> {
  const warnings: string[] = [];
  const chains = (await listed()).filter(({ table, family }) => table !== ownTable && ['ip', 'inet'].includes(family));
  for (const chain of chains.filter(({ hook, policy }) => hook === 'forward' && policy === 'drop')) {
    const where = `${chain.family} ${chain.table}`;
    const rules = await runTool('nft', ['list', 'table', chain.family, chain.table], '');
    const names = chains.filter(({ table, family }) => `${family} ${table}` === where).map(({ name }) => name);
    for (const bridge of bridges.filter((one) => !rules.includes(`"${one}"`))) {
      warnings.push(warning(`${chain.name} of the table ${where}`, bridge, remedy(bridge, chain, names)));
    }
  }
  if (await legacyDrops()) {
    for (const bridge of bridges)
      warnings.push(warning('FORWARD of iptables-legacy', bridge, remedyOf('iptables-legacy', 'FORWARD', bridge)));
  }
  return warnings;
}

function warning(chain: string, bridge: string, help: string): string {
  return `the chain ${chain} drops what is forwarded: containers on ${bridge} reach no other host, and none reaches them. To let them through: ${help}`;
}

function remedy(bridge: string, { name }: ChainEntry, chains: readonly string[]): string {
  if (chains.includes('ufw-before-forward')) return `ufw route allow in on ${bridge}; ufw route allow out on ${bridge}`;
  if (chains.includes('DOCKER-USER')) return remedyOf('iptables', 'DOCKER-USER', bridge);
  if (name === 'FORWARD') return remedyOf('iptables', name, bridge);
  return `accept iifname "${bridge}" and oifname "${bridge}" in it`;
}

function remedyOf(command: string, chain: string, bridge: string): string {
  return `${command} -I ${chain} -i ${bridge} -j ACCEPT; ${command} -I ${chain} -o ${bridge} -j ACCEPT`;
}

async function listed(): Promise<ChainEntry[]> {
  const { nftables } = JSON.parse(await runTool('nft', ['-j', 'list', 'chains'], '')) as {
    nftables: readonly { readonly chain?: ChainEntry }[];
  };
  return nftables.flatMap(({ chain }) => chain ?? []);
}

/** nft does not see tables of the older interface. */
async function legacyDrops(): Promise<boolean> {
  try {
    if (!readFileSync('/proc/net/ip_tables_names', 'latin1').split('\n').includes('filter')) return false;
    return (await runTool('iptables-legacy', ['-S', 'FORWARD'], '')).includes('-P FORWARD DROP');
  } catch {
    return false;
  }
}
