// Where scratch directories are made.
import { join } from "node:path";

/** `home` is `<OpenClaw state dir>/contractor`. */
export function scratchIn(home: string): string {
  return join(home, "scratch");
}
