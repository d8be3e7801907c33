// Files that drive whole engines come first: they take longest, and short ones fill the end of a run.
const rank = (path) => (/\/e2e\/|\.root\.test\.js$/.test(path) ? 0 : 1);

export default {
  files: ['dist/test/**/*.test.js'],
  require: ['./dist/test/runner/worker.js'],
  // Each file has a process of its own: node-pty crashes in worker threads.
  workerThreads: false,
  // Node's exit waits for threads that compile, and these can wait for it: a short-lived Node does without them.
  nodeArguments: [
    '--import=./dist/test/runner/quick-resolve.js',
    '--no-concurrent-recompilation',
    '--no-concurrent-sparkplug',
    '--disable-warning=ExperimentalWarning',
  ],
  timeout: '3m',
  concurrency: 2,
  sortTestFiles: (a, b) => rank(a) - rank(b) || (a < b ? -1 : 1),
};
