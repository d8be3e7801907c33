/**
 * The SQLite file: opening, copies, preallocation, check, salvage, JSON columns. Imports `contracts` and src/host;
 * knows no table but that of migrations.
 */
export { copyPath } from './database-file.js';
export { damagedJsonColumns, parseJsonColumn } from './json-column.js';
export { MemoryDatabase } from './memory-database.js';
