/** The network plugin's tables. Append, never edit. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE network_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE network_address (
     address INTEGER PRIMARY KEY,
     holder TEXT UNIQUE,
     link TEXT,
     freed INTEGER
   ) STRICT;
   CREATE INDEX network_address_free ON network_address (freed) WHERE holder IS NULL;
   CREATE TABLE network_port (
     protocol TEXT NOT NULL,
     port INTEGER NOT NULL,
     address TEXT NOT NULL,
     container_port INTEGER NOT NULL,
     holder TEXT NOT NULL,
     closing INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (protocol, port, address)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX network_port_holder ON network_port (holder);`,
];
