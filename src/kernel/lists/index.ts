/**
 * Lists that commands print: `--format`, `--filter`, labels, columns of other plugins, loops over arguments, prune,
 * references to what is listed.
 * Imports contracts, dry-run, streams, templates and text. Knows no command by name.
 */
