const GO_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** This host's architecture as Go, and so every image, names it: `amd64`, `arm64`. */
export function hostArchitecture(): string {
  return GO_ARCHITECTURES[process.arch] ?? process.arch;
}
