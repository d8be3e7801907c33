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
  // Several networks. The only one of earlier versions becomes the first of them, with its leases.
  `CREATE TABLE network (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     created INTEGER NOT NULL,
     subnet TEXT NOT NULL DEFAULT '',
     gateway TEXT NOT NULL DEFAULT '',
     bridge TEXT NOT NULL DEFAULT '',
     internal INTEGER NOT NULL DEFAULT 0,
     labels TEXT NOT NULL DEFAULT '{}'
   ) STRICT;
   INSERT INTO network (id, name, created, subnet) VALUES (
     lower(hex(randomblob(32))), 'bridge', unixepoch() * 1000,
     coalesce((SELECT value FROM network_setting WHERE name = 'subnet'), '')
   );
   CREATE TABLE network_lease (
     network TEXT NOT NULL REFERENCES network (id),
     address INTEGER NOT NULL,
     holder TEXT,
     position INTEGER,
     link TEXT,
     mac TEXT,
     asked INTEGER NOT NULL DEFAULT 0,
     freed INTEGER,
     PRIMARY KEY (network, address)
   ) STRICT, WITHOUT ROWID;
   CREATE UNIQUE INDEX network_lease_holder ON network_lease (holder, position) WHERE holder IS NOT NULL;
   CREATE INDEX network_lease_free ON network_lease (network, freed) WHERE holder IS NULL;
   INSERT INTO network_lease (network, address, holder, position, link, freed)
     SELECT n.id, a.address, a.holder, iif(a.holder IS NULL, NULL, 0), a.link, a.freed FROM network_address a, network n;
   DROP TABLE network_address;
   DELETE FROM network_setting WHERE name = 'subnet';
   CREATE TABLE network_holder (holder TEXT PRIMARY KEY, hosts TEXT NOT NULL, pid INTEGER, pid_start INTEGER) STRICT;
   CREATE TABLE network_endpoint (
     holder TEXT NOT NULL,
     position INTEGER NOT NULL,
     network TEXT NOT NULL,
     names TEXT NOT NULL,
     address INTEGER,
     mac TEXT,
     PRIMARY KEY (holder, position)
   ) STRICT, WITHOUT ROWID;
   CREATE UNIQUE INDEX network_endpoint_network ON network_endpoint (network, holder);
   CREATE TABLE network_link (
     holder TEXT NOT NULL,
     network TEXT NOT NULL,
     target TEXT NOT NULL,
     alias TEXT NOT NULL,
     PRIMARY KEY (holder, network, alias)
   ) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE network_port ADD COLUMN every_family INTEGER NOT NULL DEFAULT 0;`,
  'ALTER TABLE network ADD COLUMN mtu INTEGER;',
  'ALTER TABLE network_holder ADD COLUMN boot TEXT;',
  // NULL: a subnet made of its id; empty: no IPv6.
  `ALTER TABLE network ADD COLUMN ipv6_subnet TEXT;
   ALTER TABLE network ADD COLUMN ipv6_gateway TEXT;
   ALTER TABLE network ADD COLUMN ip_range TEXT;
   ALTER TABLE network ADD COLUMN aux_addresses TEXT NOT NULL DEFAULT '{}';
   ALTER TABLE network ADD COLUMN notes TEXT NOT NULL DEFAULT '{}';`,
  // Who had a free address last.
  `ALTER TABLE network_lease ADD COLUMN last TEXT;
   CREATE INDEX network_lease_last ON network_lease (last) WHERE last IS NOT NULL;
   CREATE INDEX network_lease_asked ON network_lease (network) WHERE asked = 1;`,
];
