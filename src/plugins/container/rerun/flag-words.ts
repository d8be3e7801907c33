/** Words of a command line; none for a value that is the default. */
export function repeated(flag: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [flag, value]);
}

export function flagIf(condition: boolean, flag: string): string[] {
  return condition ? [flag] : [];
}

export function unlessSame(flag: string, value: string | undefined, image: string | undefined): string[] {
  return value === image ? [] : text(flag, value);
}

export function text(flag: string, value: string | undefined): string[] {
  return value ? [flag, value] : [];
}

export function number(flag: string, value: number): string[] {
  return value === 0 ? [] : [flag, String(value)];
}

export function pairs(record: Readonly<Record<string, string>>): string[] {
  return Object.entries(record).map(([name, value]) => `${name}=${value}`);
}
