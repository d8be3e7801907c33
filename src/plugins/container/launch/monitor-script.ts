/** Written to descriptor 3 when the container may start. If the pipe closes instead, the start is cancelled. */
export const START_SIGNAL = 'go\n';

/**
 * The monitor of a container: the one process that must live as long as the container does. It runs the OCI runtime in
 * the foreground and writes the exit code to a file. It holds the container's namespaces, and needs no engine.
 * Arguments: bundle, runtime id, then program and options of the runtime.
 */
export const RUN_SCRIPT = [
  'bundle=$1 id=$2',
  'shift 2',
  '"$@" run --bundle "$bundle" --pid-file "$bundle/pid" "$id"',
  'echo $? >"$bundle/exit"',
].join('\n');

/** Like `RUN_SCRIPT`, but for a container whose terminal the runtime sends over the socket `console`. */
export const CONSOLE_RUN_SCRIPT = RUN_SCRIPT.replace(' run ', ' run --console-socket "$bundle/console" ');

/**
 * Bytes in a pipe are lost when its last descriptor closes. So the monitor keeps one for reading, and none for writing,
 * until an engine has read everything and writes to the pipe `end`.
 */
const HOLD_OUTPUT_SCRIPT = [
  'exec 0</dev/null 4<"$bundle/out" 5<"$bundle/err" >/dev/null 2>&1',
  'read -r end <"$bundle/end"',
].join('\n');

export const WAIT_AND_RUN_SCRIPT = `read -r go <&3 || exit 125\nexec 3<&-\n${RUN_SCRIPT}\n${HOLD_OUTPUT_SCRIPT}`;
