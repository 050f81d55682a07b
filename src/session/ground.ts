// Where no session may work: in, above or below the gateway's own state and the harness's, whose files decide what it may do. And where
// it may, but somebody should know what that means.
import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { Failure } from "../../common/failure.ts";

export interface Ground {
  /** The gateway's state, the harness's own folder: absolute. */
  closed: readonly string[];
  /** Folders below them in which sessions work all the same: agents' workspaces, scratch directories. */
  open: readonly string[];
  home: string;
}

const KEYS = [".ssh", ".gnupg", ".aws", ".config", ".kube", ".docker", ".local"];
const SYSTEM = ["/etc", "/proc", "/sys", "/dev", "/boot", "/var", "/usr", "/bin", "/sbin", "/lib", "/root"];
// There a name in other letters is the same folder.
const SAME_IN_ANY_CASE = process.platform === "darwin" || process.platform === "win32";

/**
 * Throws Failure `refused` for a directory that is closed; and, unless `anyway`, for one that reaches far: a whole home, the root, a folder
 * of keys or of the system. What a path leads to decides, not what it is called.
 */
export async function requireGround(
  ground: Ground,
  directory: string,
  o: { anyway: boolean },
): Promise<void> {
  const [at, home] = await Promise.all([real(directory), real(ground.home)]);
  const roots = await Promise.all(ground.closed.map(real));
  // A workspace around the state does not open it.
  const open = (await Promise.all(ground.open.map(real))).filter(
    (one) => !roots.some((root) => isWithin(root, one)),
  );
  if (open.some((one) => isWithin(at, one))) return;
  const wide = widthOf(at, home);
  const inside = roots.some((root) => isWithin(at, root));
  const above = roots.some((root) => isWithin(root, at));
  // A home and the root stand above the state nearly always; there the harness's own rules keep it out.
  if (inside || (above && at !== home && at !== "/")) throw closed(directory);
  if (wide !== undefined && !o.anyway) throw asked(directory, wide);
}

function widthOf(at: string, home: string): string | undefined {
  if (at === "/") return "the whole machine";
  if (same(at, home)) return "your whole home, with everything you keep there";
  if (KEYS.some((name) => isWithin(at, join(home, name)))) return "a folder of keys and settings";
  // A home below /root or /var is a home.
  if (isWithin(at, home)) return undefined;
  return SYSTEM.some((folder) => isWithin(at, folder)) ? "a folder of the system" : undefined;
}

function closed(directory: string): Failure {
  return new Failure({
    code: "refused",
    message: `${directory} holds, or lies in, what decides what may be done here (OpenClaw's state, or the harness's own).`,
    next: { say: "Choose a project's own directory." },
  });
}

function asked(directory: string, wide: string): Failure {
  return new Failure({
    code: "refused",
    message: `${directory} is ${wide}: all of it could be read there without asking, and changed with one yes.`,
    next: { say: "If you mean it, say it again with --anyway behind it." },
  });
}

function isWithin(path: string, folder: string): boolean {
  const way = SAME_IN_ANY_CASE ? relative(folder.toLowerCase(), path.toLowerCase()) : relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith("../") && !isAbsolute(way));
}

function same(one: string, other: string): boolean {
  return isWithin(one, other) && isWithin(other, one);
}

async function real(path: string): Promise<string> {
  return await realpath(path).catch(() => resolve(path));
}
