/**
 * The monitor of a program that `exec` runs: it must not outlive its engine, which alone knows about it. So a watcher
 * waits for descriptor 3 to end, and then kills the program and all of its children.
 * The runtime runs in the foreground: a shell's background programs ignore SIGINT, and so would the container's.
 * Arguments: a folder of its own, in which the runtime writes `pid`, then the runtime's command line.
 */
export const EXEC_MONITOR_SCRIPT = [
  'folder=$1',
  'shift',
  '{',
  '  read -r end',
  '  until [ -s "$folder/pid" ] || ! kill -0 $$; do sleep 0.02; done',
  '  pid=$(cat "$folder/pid")',
  '  kill -KILL "-$pid" "$pid"',
  '  rm -rf "$folder"',
  '  kill -KILL 0',
  '} <&3 >/dev/null 2>&1 &',
  '"$@" 3<&-',
  'code=$?',
  'kill $!',
  'exit $code',
].join('\n');
