/**
 * Flags for a Node process that ends soon. V8 compiles in threads of its own, and Node's exit joins them: a thread that waits
 * for the garbage collector of a heap that is about to go never ends, and the process hangs when all its work is done. Of
 * 60 clients with 100 MB of input up to 11 hung; with both flags none did. `bin/docker` has the same two.
 */
export const SHORT_LIVED_NODE: readonly string[] = ['--no-concurrent-recompilation', '--no-concurrent-sparkplug'];
