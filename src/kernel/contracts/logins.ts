/** A user's credentials at a server. */
export interface Login {
  readonly username: string;
  readonly password: string;
  /** Stands in for the password where the server gave one. */
  readonly identityToken?: string;
}

/**
 * Logins that are kept on the client's side, in its user's configuration or a helper of it. A client reveals and changes
 * those that its own command line is about, and no other.
 */
export interface Logins {
  /** @param server its key there: `registry.example:5000`. @throws GantryError `denied`, `unavailable`, `invalid` */
  get(server: string): Promise<Login | undefined>;
  /** @returns the file that now holds it in the clear; undefined where a helper keeps it. @throws GantryError as `get` */
  set(server: string, login: Login): Promise<string | undefined>;
  /** @returns whether there was one. @throws GantryError as `get` */
  erase(server: string): Promise<boolean>;
}
