// A folder on a disk of its own that can be full or read-only, for tests; needs a machine that lets us mount one.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tempDir } from "./poll.ts";

const FILLER = ".filler";
const MEGABYTES = 2;
const HALVES = Array.from({ length: 22 }, (_, at) => (MEGABYTES * 1024 * 1024) >> at);

export interface Disk {
  /** Until it is `writable` again, nothing more fits onto it. */
  fill(): void;
  makeReadOnly(): void;
  writable(): void;
  /** What was there before is there again. */
  [Symbol.dispose](): void;
}

/** Puts what is in the folder onto a small disk, mounted in its place. */
export function ownDisk(folder: string): Disk {
  const kept = mkdtempSync(join(tmpdir(), "disk-"));
  cpSync(folder, kept, { recursive: true });
  mount("-t", "tmpfs", "-o", `size=${MEGABYTES}m`, "tmpfs", folder);
  cpSync(kept, folder, { recursive: true });
  rmSync(kept, { recursive: true });
  return {
    fill: () => {
      // By halves, so that the last bytes are taken too.
      for (const bytes of HALVES)
        try {
          writeFileSync(join(folder, `${FILLER}-${bytes}`), Buffer.alloc(bytes));
        } catch {
          // What of it fits stays.
        }
    },
    makeReadOnly: () => mount("-o", "remount,ro", folder),
    writable: () => {
      mount("-o", "remount,rw", folder);
      for (const bytes of HALVES) rmSync(join(folder, `${FILLER}-${bytes}`), { force: true });
    },
    [Symbol.dispose]: () => void execFileSync("umount", ["--lazy", folder]),
  };
}

/** False where this machine lets nobody mount a disk: then nothing of this can be tried. */
export async function canMount(): Promise<boolean> {
  const folder = await tempDir("disk");
  try {
    ownDisk(folder.path)[Symbol.dispose]();
    return true;
  } catch {
    return false;
  } finally {
    await folder.remove();
  }
}

function mount(...args: string[]): void {
  execFileSync("mount", args, { stdio: "ignore" });
}
