import type { TestEngine } from '../support/engine.js';

/** Two containers, an image and its child with two names, two volumes, a socket. */
export async function prepare(engine: TestEngine): Promise<void> {
  await engine.ok(
    'run',
    '-d',
    '--name',
    'busy',
    '-p',
    '41080:80',
    '-v',
    '/data',
    '-v',
    'kept:/kept',
    'busybox',
    'sleep',
    '1000',
  );
  await engine.ok('run', '--name', 'idle', 'busybox', 'true');
  await engine.ok('commit', 'idle', 'child');
  await engine.ok('tag', 'child', 'other');
  await engine.ok('socket', 'create', `${engine.root}/limited.sock`);
}

type Row = [line: string, code: number, stdout: string, stderr: string];

const BUSY = 'container busy (ID)';
const IDLE = 'container idle (ID)';

export const rows: readonly Row[] = [
  ['rm idle', 0, `would remove ${IDLE}\n`, ''],
  [
    'rm -v busy',
    1,
    '',
    'Error: Cannot remove container "/busy": container is running (Stop the container before removing it, or force its removal with -f)\n',
  ],
  [
    'rm -fv busy idle idle nosuch',
    0,
    `would kill and remove ${BUSY}, with the anonymous volumes that only it uses\nwould remove ${IDLE}\n`,
    'Error: No such container: idle\nError: No such container: nosuch\n',
  ],
  ['rename idle other', 0, `would rename ${IDLE} to other\n`, ''],
  [
    'rename idle busy',
    1,
    '',
    'Error response from daemon: The container name "/busy" is already in use by container "ID" (Remove or rename that container to be able to reuse the name)\n',
  ],
  ['pause busy', 0, `would pause ${BUSY}\n`, ''],
  ['pause busy busy', 1, `would pause ${BUSY}\n`, 'Error: Container busy is already paused\n'],
  ['unpause busy', 1, '', 'Error: Container busy is not paused\n'],
  ['update -m 64m busy', 0, `would change memory of ${BUSY}\n`, ''],
  ['create --name new busybox ls', 0, 'would create container new from busybox (network bridge)\n', ''],
  ['volume create new', 0, 'would create volume new\n', ''],
  ['volume prune', 0, 'would change nothing\n', ''],
  ['container prune', 0, `would remove ${IDLE}\n`, ''],
  ['system prune', 0, `would remove ${IDLE}\n`, ''],
  ['stop busy', 0, `would stop ${BUSY}\n`, ''],
  ['stop idle', 0, 'would change nothing\n', ''],
  ['kill busy', 0, `would send SIGKILL to ${BUSY}\n`, ''],
  ['kill -s 1 busy', 0, `would send SIGHUP to ${BUSY}\n`, ''],
  ['kill idle', 1, '', 'Error: Cannot kill container: idle: container ID is not running\n'],
  [
    'kill -s NOSUCH busy',
    125,
    '',
    "Invalid signal: NOSUCH\n\nUsage:  docker kill [OPTIONS] CONTAINER [CONTAINER...]\n\nRun 'docker kill --help' for more information\n",
  ],
  ['start idle', 0, `would start ${IDLE}\n`, ''],
  ['start -a idle', 0, `would start ${IDLE} and attach to it\n`, ''],
  ['start busy', 0, 'would change nothing\n', ''],
  ['restart busy idle', 0, `would stop ${BUSY}\nwould start ${BUSY}\nwould start ${IDLE}\n`, ''],
  ['attach busy', 0, `would attach to ${BUSY}\n`, ''],
  ['attach idle', 1, '', 'Error response from daemon: You cannot attach to a stopped container, start it first\n'],
  ['commit idle x:y', 0, 'would create an image on top of image ID\nwould tag it as x:y\n', ''],
  ['commit nosuch', 1, '', 'Error response from daemon: No such container: nosuch\n'],
  ['tag busybox new', 0, 'would tag image ID as new:latest\n', ''],
  ['tag busybox other', 0, 'would tag image ID as other:latest, a name that image ID has now\n', ''],
  ['tag busybox busybox', 0, 'would change nothing\n', ''],
  ['tag nosuch new', 1, '', 'Error response from daemon: No such image: nosuch:latest\n'],
  ['rmi other', 0, 'would untag other:latest\n', ''],
  [
    'rmi child other other',
    1,
    'would untag child:latest\nwould untag other:latest\nwould delete image ID\n',
    'Error: No such image: other:latest\n',
  ],
  ['rmi -f busybox', 0, 'would untag busybox:latest\n', ''],
  [
    'rmi busybox',
    1,
    '',
    'Error: conflict: unable to remove repository reference "busybox" (must force) - container ID is using its referenced image ID\n',
  ],
  ['import - new < archive', 0, 'would create an image of one layer\nwould tag it as new:latest\n', ''],
  ['import /nosuch.tar', 1, '', 'Error response from daemon: open /nosuch.tar: no such file or directory\n'],
  [
    'import - Bad',
    1,
    '',
    'Error response from daemon: invalid reference format: repository name (library/Bad) must be lowercase\n',
  ],
  [
    'run busybox ls --dry-run',
    0,
    'would create a container with a random name from busybox (network bridge)\nwould start it and attach to it\n',
    '',
  ],
  [
    'run -d --rm --name new --network none -v site:/www -v /data -v /tmp:/t:ro busybox ls',
    0,
    'would create container new from busybox (volume site at /www, a new volume at /data, /tmp at /t, read-only, network none, removed when it ends)\nwould start it\n',
    '',
  ],
  [
    'run -p 41081:80 -p 53/udp busybox ls',
    0,
    'would create a container with a random name from busybox (port 41081 -> 80/tcp, a free port -> 53/udp, network bridge)\nwould start it and attach to it\n',
    '',
  ],
  [
    'run -p 41080:80 busybox ls',
    125,
    'would create a container with a random name from busybox (port 41080 -> 80/tcp, network bridge)\n',
    'Error response from daemon: Bind for 0.0.0.0:41080 failed: port is already allocated (A container publishes it, see `docker ps`, or it was given twice)\n',
  ],
  [
    'run --name busy busybox ls',
    125,
    '',
    'Error response from daemon: The container name "/busy" is already in use by container "ID" (Remove or rename that container to be able to reuse the name)\n',
  ],
  [
    'run --name ? busybox ls',
    125,
    '',
    'Error response from daemon: Invalid container name (?), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, two characters at least\n',
  ],
  [
    'run nosuch ls',
    0,
    'would pull nosuch:latest from docker.io\n(what follows depends on it)\n',
    "Unable to find image 'nosuch:latest' locally\nlatest: Pulling from library/nosuch\n",
  ],
  ['run --pull never nosuch ls', 125, '', 'Error response from daemon: No such image: nosuch:latest\n'],
  ['pull r.example/app:1', 0, 'would pull r.example/app:1 from r.example\n', ''],
  ['push -q other', 0, 'would push other:latest to docker.io\n', ''],
  [
    'push nosuch',
    1,
    '',
    'Error response from daemon: An image does not exist locally with the tag: docker.io/library/nosuch:latest\n',
  ],
  ['logout r.example', 0, 'would change nothing\n', ''],
  [
    'run --network nosuch busybox ls',
    125,
    '',
    'Error response from daemon: network nosuch not found (See `docker network ls`, or make it with `docker network create`)\n',
  ],
  ['socket create new.sock', 0, 'would listen on /new.sock for callers that may read\n', ''],
  ['socket create /dev/null', 1, '', 'Error response from daemon: /dev/null is in the way (Choose another path)\n'],
  ['socket rm /nosuch.sock', 1, '', 'Error: No such socket: /nosuch.sock\n'],
];

/** The flag stands before the arguments, where those of `run` begin. */
export const dry = (line: string): string[] => {
  const words = line.split(' < ')[0]?.split(' ') ?? [];
  const command = ['socket', 'volume', 'container', 'system'].includes(words[0] ?? '') ? 2 : 1;
  return [...words.slice(0, command), '--dry-run', ...words.slice(command)];
};
