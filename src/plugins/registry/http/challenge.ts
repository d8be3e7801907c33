/** The authorization that a server asks for (RFC 7235; Docker's token specification). */
export interface Challenge {
  /** In small letters: `basic`, `bearer`. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const PARAMETER = /^\s*,?\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/;
const SCHEME = /^\s*,?\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?=\s|,|$)/;

/** Reads a `WWW-Authenticate` header, which may hold several challenges. Text that cannot be parsed ends the list. */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (let rest = header ?? ''; rest.trim() !== ''; ) {
    const parameter = PARAMETER.exec(rest);
    const scheme = parameter ? null : SCHEME.exec(rest);
    const current = challenges.at(-1);
    if (parameter && current) {
      current.parameters[(parameter[1] ?? '').toLowerCase()] =
        parameter[2]?.replace(/\\(.)/g, '$1') ?? parameter[3] ?? '';
    } else if (scheme) {
      challenges.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters: Object.create(null) });
    } else break;
    rest = rest.slice((parameter ?? scheme)?.[0].length ?? rest.length);
  }
  return challenges;
}
