/**
 * Lists that commands print: Go templates of `--format`, `--filter`, labels, columns of other plugins, loops over arguments, prune,
 * references to what is listed.
 * Imports contracts, dry-run, streams and text. Knows no command by name.
 */
