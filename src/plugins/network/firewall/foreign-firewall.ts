import { readFileSync } from 'node:fs';
import { ifThere } from '../../../host/index.js';
import { hostIpv6Mode, runTool } from '../host/index.js';
import { TableState } from './table-state.js';

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
 * @returns one warning for each chain that drops what is forwarded, by its policy or its last rule, and has no rule that
 *   names the bridge
 */
export async function foreignDrops(ownTable: string, bridges: readonly string[]): Promise<string[]> {
  const warnings: string[] = [];
  const families = hostIpv6Mode() === 'forwarded' ? ['ip', 'inet', 'ip6'] : ['ip', 'inet'];
  const chains = (await listed()).filter(({ table, family }) => table !== ownTable && families.includes(family));
  for (const chain of chains.filter(({ hook }) => hook === 'forward')) {
    if (chain.policy !== 'drop' && !(await endsInDrop(chain))) continue;
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

/** As firewalld's do: whatever no rule before has accepted. */
async function endsInDrop({ family, table, name }: ChainEntry): Promise<boolean> {
  // That of another engine is about its own bridges.
  if (family === 'inet' && /^[0-9a-f]{32}( |$)/.test(new TableState(table).comment() ?? '')) return false;
  const lines = (await runTool('nft', ['list', 'chain', family, table, name], ''))
    .split('\n')
    .map((line) => line.trim());
  // Whatever is not meant is let through.
  if (lines.some((line) => /!= .* accept$/.test(line))) return false;
  const last = lines.filter((line) => line !== '' && line !== '}').at(-1) ?? '';
  return /^(counter packets \d+ bytes \d+ )?(drop|reject( with .*)?)$/.test(last);
}

function warning(chain: string, bridge: string, help: string): string {
  const others = seesBridged() ? 'reach neither each other nor another host' : 'reach no other host';
  return `the chain ${chain} drops what is forwarded: containers on ${bridge} ${others}, and none reaches them. To let them through: ${help}`;
}

/** With br_netfilter, what passes between the ports of one bridge passes these chains, too. */
function seesBridged(): boolean {
  return ifThere(() => readFileSync('/proc/sys/net/bridge/bridge-nf-call-iptables', 'latin1').trim()) === '1';
}

function remedy(bridge: string, { name, table }: ChainEntry, chains: readonly string[]): string {
  if (chains.includes('ufw-before-forward')) return `ufw route allow in on ${bridge}; ufw route allow out on ${bridge}`;
  if (table === 'firewalld')
    return `firewall-cmd --permanent --zone=trusted --add-interface=${bridge}; firewall-cmd --reload`;
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
