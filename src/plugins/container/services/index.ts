/**
 * The services that the plugin provides, each as `x.ts` with its dry run in `x-dry-run.ts` and its test double in
 * `x-double.ts`. Loaded by the thunks of the plugin's `index.ts` alone; may import every other room but flags, launch,
 * checks and commands.
 */
export {};
