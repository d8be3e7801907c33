import test from 'ava';
import type { CommandMetadata, OptionMetadata } from '../../../src/kernel/contracts/index.js';
import { type Offer, offerOf, type PluginCommands } from '../../../src/transport/offers/index.js';

const offered = async (line: string, plugins?: PluginCommands): Promise<string> =>
  words(await offerOf(line.split(' '), plugins && (async () => plugins)));

/** What is offered, in one line: `read F, variable V`. */
function words({ files, trees, variables, logins }: Offer): string {
  return [
    ...files.read.map((path) => `read ${path}${files.variables.includes(path) ? ' with variables' : ''}`),
    ...files.save.map((path) => `save ${path}`),
    ...trees.read.map((path) => `take ${path}`),
    ...trees.write.map((path) => `fill ${path}`),
    ...trees.create.map((path) => `make ${path}`),
    ...variables.map((name) => `variable ${name}`),
    ...logins.do.map((what) => `${what} login of ${logins.server}`),
  ].join(', ');
}

const OFFERS: readonly (readonly [line: string, offered: string])[] = [
  ['exec web cat F', ''],
  ['exec web tee F', ''],
  ['exec -w F web ls', ''],
  ['exec web grep -e TOP F', ''],
  ['exec -ite TOP --env-file=F web env -e OTHER', 'read F with variables, variable TOP'],
  ['container exec -e=A web', 'variable A'],
  ['logs F', ''],
  ['rm F', ''],
  ['load -qi F', 'read F'],
  ['image load --input=F G', 'read F'],
  ['IMPORT F name', 'read F'],
  ['plugin add F', 'read F'],
  ['save -o F a b', 'save F'],
  ['export --output F web', 'save F'],
  ['cp F web:/', 'take F'],
  ['container cp -a web:/etc F -q', 'fill F'],
  ['cp - web:/F', ''],
  ['cp web:/F db:/G', ''],
  ['cp ./a:b web:/', 'take ./a:b'],
  ['ps', ''],
  ['constructor F', ''],
  ['greet F', ''],
];
for (const [line, expected] of OFFERS) test(`docker ${line}`, async (t) => t.is(await offered(line), expected));

const HUB = 'https://index.docker.io/v1/';
const OF_IMAGES: readonly (readonly [line: string, offered: string])[] = [
  ['run -e X=F img cat F', `variable X=F, get login of ${HUB}`],
  ['run img one.example -e TOP', `get login of ${HUB}`],
  ['run --rm -v F:/g -eTOP one.example/img sh', 'variable TOP, get login of one.example'],
  ['run --name F --env-file=F img --env-file G', `read F with variables, get login of ${HUB}`],
  ['run --security-opt seccomp=F --cidfile I img', `read F, make I, get login of ${HUB}`],
  ['container create --label-file F img', `read F, get login of ${HUB}`],
  ['pull one.example:5000/app:2', 'get login of one.example:5000'],
  ['pull me/app', `get login of ${HUB}`],
  ['push localhost/app', 'get login of localhost'],
  ['image pull -a me.example', `get login of ${HUB}`],
  ['search docker.io/app', `get login of ${HUB}`],
  ['login -u ken https://r.example:5000/v2/', 'get login of r.example:5000, set login of r.example:5000'],
  ['logout localhost', 'get login of localhost, erase login of localhost'],
];
for (const [line, expected] of OF_IMAGES) test(`docker ${line}`, async (t) => t.is(await offered(line), expected));

const option = (flags: string, type: OptionMetadata['type'], complete?: string): OptionMetadata => ({
  ...{ property: 'x', flags, description: '', type },
  ...(complete !== undefined && { complete }),
});
const greet: CommandMetadata = {
  ...{ name: 'greet', summary: '', group: 'Commands', usage: '', effects: ['read'] },
  args: { min: 1, complete: ['container', []] },
};
const PLUGINS: PluginCommands = {
  commands: [{ metadata: greet, options: [option('-f, --from', 'string'), option('--net', 'string', 'network')] }],
  extensions: [{ command: 'run', options: [option('--owner', 'string'), option('--loud', 'boolean')] }],
};

test("a plugin's command of this host: words that it does not declare to be something else", async (t) => {
  t.is(await offered('greet A --net B -f C D', PLUGINS), 'read D, read C');
  t.is(await offered('greet --what C D', PLUGINS), '');
});

test("flags that a plugin adds to a command of the engine's", async (t) => {
  t.is(await offered('run --owner ada --loud -e TOP img', PLUGINS), `variable TOP, get login of ${HUB}`);
  t.is(await offered('run --owner ada -e TOP img'), '');
  t.is(await offered('exec --owner ada -e TOP web', PLUGINS), '');
});
