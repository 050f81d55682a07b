// A login that is told in time: Claude Code takes seconds to say it on a busy machine, and who asks may not wait so long.
import { unlessAborted } from "../../common/waiting.ts";
import type { Login, LoginCapability } from "../harness.ts";

const READ_MS = 20_000;
const KNOWN_MS = 5 * 60_000;

/**
 * Reads the login with `read`; where the signal comes first, what was last read, if no more than five minutes ago. A
 * reading goes on beyond the signal of who asked for it, and there is one at a time. Throws what `read` throws, and the
 * signal's reason where nothing is known.
 */
export function latestLogin(
  read: LoginCapability["read"],
  now: () => number = () => performance.now(),
): LoginCapability["read"] {
  let running: Promise<Login | undefined> | undefined;
  let known: { login: Login | undefined; at: number } | undefined;
  const begin = async () => {
    try {
      const login = await read(AbortSignal.timeout(READ_MS));
      known = { login, at: now() };
      return login;
    } finally {
      running = undefined;
    }
  };
  return async (signal) => {
    running ??= begin();
    // Who has stopped waiting hears of no failure.
    running.catch(() => {});
    const login = await unlessAborted(running, signal);
    if (!signal.aborted) return login;
    if (known && now() - known.at < KNOWN_MS) return known.login;
    throw signal.reason;
  };
}
