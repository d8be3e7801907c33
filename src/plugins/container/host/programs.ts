/** The shell and the search path of helper programs that the engine starts beside containers. */
export const SHELL = '/bin/sh';
export const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
