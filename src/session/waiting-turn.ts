// A turn that waits for others, long enough to be told so.
import type { Turn } from "./turn.ts";

// An answer that comes at once needs no word before it, which would only hold it up.
const AFTER_MS = 1_500;

/** Calls back once, where the turn has waited for a moment and still does. */
export function whenItWaits({ submitted, result }: Turn, tell: () => void): void {
  const timer = setTimeout(tell, AFTER_MS);
  timer.unref();
  void Promise.race([submitted, result]).then(() => clearTimeout(timer));
}
