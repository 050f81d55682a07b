// A harness package is what provisioning must be told about one adapter on npm; adapters/claude/packages.ts holds the facts.

export interface HarnessPackage {
  /** What users call it, and the folder of its lockfile. */
  readonly shortName: string;
  /** Its name on npm. */
  readonly name: string;
  /** The exact version we are tested with. */
  readonly version: string;
  /** The program, relative to the package's folder. */
  readonly entry: string;
  /** Megabytes on disk and over the network, with the Claude Code that comes along, and without it. */
  readonly megabytes: { readonly full: Size; readonly lean: Size };
  /** The Claude Code that comes along: candidates for this machine, relative to a node_modules folder. */
  readonly bundled: readonly string[];
  /** Optional packages that carry it, on any machine; not needed where the user's own is used. */
  readonly droppable: readonly string[];
  /** The oldest version of a user's own Claude Code that works. */
  readonly minimumClaude: string;
}

interface Size {
  readonly disk: number;
  readonly download: number;
}

/** The name of the folder one version lives in; npm's scope slash would make two folders of it. */
export function folderName(harness: { name: string; version: string }): string {
  return `${harness.name.replaceAll("/", "+")}@${harness.version}`;
}

/** Orders `1.2.3`-like versions; whatever is not a number counts as 0. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [numbers(left), numbers(right)];
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0);
}

function numbers(version: string): number[] {
  return version.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0);
}
