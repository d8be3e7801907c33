/**
 * The monitor of a program that `exec` runs: it must not outlive its engine, which alone knows about it. So a watcher
 * waits for descriptor 3 to end, and then kills the program's control group, whose folder is descriptor 4: as a whole,
 * or frozen, so that no number in it can become another process's meanwhile. Without control groups the program alone
 * is killed, for which the runtime still waits.
 * The runtime runs in the foreground: a shell's background programs ignore SIGINT, and so would the container's.
 * Arguments: a folder of its own, in which the runtime writes `pid`, then the runtime's command line.
 */
export const EXEC_MONITOR_SCRIPT = [
  'folder=$1 group=/proc/self/fd/4',
  'shift',
  '{',
  '  read -r end',
  '  until [ -s "$folder/pid" ] || ! kill -0 $$; do sleep 0.02; done',
  '  if [ -e $group/cgroup.kill ]; then',
  '    echo 1 >$group/cgroup.kill',
  '  elif [ -e $group/freezer.state ]; then',
  '    echo FROZEN >$group/freezer.state',
  '    kill -KILL $(cat $group/cgroup.procs)',
  '    echo THAWED >$group/freezer.state',
  '  else',
  '    kill -KILL $(cat "$folder/pid")',
  '  fi',
  '  rm -rf "$folder"',
  '  kill -KILL 0',
  '} <&3 >/dev/null 2>&1 &',
  '"$@" 3<&- 4<&-',
  'code=$?',
  'kill $!',
  'exit $code',
].join('\n');
