/** What the engine writes to descriptor 3 when the container may start. A pipe that closes instead calls it off. */
export const START_SIGNAL = 'go\n';

/**
 * The monitor of a container: all that must live as long as it does. It runs the OCI runtime in the foreground and
 * leaves the exit code in a file. It holds the container's namespaces, and needs no engine.
 * Arguments: bundle, runtime id, then program and options of the runtime.
 */
export const RUN_SCRIPT = [
  'bundle=$1 id=$2',
  'shift 2',
  '"$@" run --bundle "$bundle" --pid-file "$bundle/pid" "$id"',
  'echo $? >"$bundle/exit"',
].join('\n');

/** The same for a container whose terminal the runtime sends over the socket `console`. */
export const CONSOLE_RUN_SCRIPT = RUN_SCRIPT.replace(' run ', ' run --console-socket "$bundle/console" ');

/**
 * What is left in a pipe is lost when the last descriptor of it closes. So the monitor keeps one to read from, and none
 * to write to, until an engine has read it all and says so.
 */
const HOLD_OUTPUT_SCRIPT = [
  'exec 0</dev/null 4<"$bundle/out" 5<"$bundle/err" >/dev/null 2>&1',
  'read -r end <"$bundle/end"',
].join('\n');

export const WAIT_AND_RUN_SCRIPT = `read -r go <&3 || exit 125\nexec 3<&-\n${RUN_SCRIPT}\n${HOLD_OUTPUT_SCRIPT}`;
