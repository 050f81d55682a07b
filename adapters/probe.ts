// The doctor's proof: a real session, opened in the harness and let go again.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "../common/failure.ts";
import { connect } from "./connection.ts";
import type { Harness } from "./harness.ts";

/** What a session that was opened and closed for the doctor showed. `detail`: the harness's version, or why it failed. */
export type Probe = { ok: boolean; ms: number; detail: string };

const END_GRACE_MS = 2_000;

/** Opens a session in a directory of its own and ends everything again; never rejects. `ms` counts until it was open. */
export async function probeSession(o: {
  harness: Harness;
  startMs: number;
  signal: AbortSignal;
}): Promise<Probe> {
  const { harness, startMs, signal } = o;
  const started = performance.now();
  const passed = () => Math.round(performance.now() - started);
  const cwd = await mkdtemp(join(tmpdir(), "contractor-probe-"));
  try {
    const connection = await connect({
      launch: await harness.launch(),
      startMs,
      extensions: harness.signs?.extensions ?? [],
    });
    const stop = () => void connection.kill();
    const deadline = setTimeout(stop, startMs);
    signal.addEventListener("abort", stop, { once: true });
    try {
      const opened = await harness.open(connection, {
        cwd,
        project: "ignored",
        from: { is: "new" },
        options: { profile: "ask" },
        listen: () => {},
      });
      const probe = {
        ok: true,
        ms: passed(),
        detail: connection.agent.agentInfo?.version ?? "version unknown",
      };
      await harness.release(connection, opened.sessionId);
      return probe;
    } finally {
      clearTimeout(deadline);
      await connection.end(END_GRACE_MS);
    }
  } catch (error) {
    return { ok: false, ms: passed(), detail: describe(harness.failure(error)) };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}
