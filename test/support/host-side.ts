// What OpenClaw's ACP manager sees of us: the runtime over a test engine, with a turn as the manager reads it.
import { createRuntime } from "../../src/backend/runtime.ts";
import type { AcpEnsureInput, AcpEvent, AcpHandle, AcpTurnResult } from "../../src/host/acp-contract.ts";
import type { TestEngine } from "./engine.ts";

export type HostSide = ReturnType<typeof hostSide>;

/** What a turn said, our own words among Claude's, and how it ended. */
export interface Shown {
  text: string;
  result: AcpTurnResult;
}

export function hostSide(engine: TestEngine) {
  const runtime = createRuntime({
    backendId: "contractor",
    sessions: engine.sessions,
    requireHarness: () => {},
    ownerOf: () => "cc",
    doctor: async () => ({ ok: true, message: "" }),
    cwdOf: async (_, named) => named,
    sourceOf: () => ({ source: { is: "command line" } }),
    memoryOf: () => ({ knows: async () => false, remember: async () => {} }),
    onHostReset: async () => {},
  });
  const turn = (handle: AcpHandle, text: string, mode: "prompt" | "steer") =>
    shown(runtime.startTurn({ handle, text, mode, requestId: crypto.randomUUID() }));
  return {
    runtime,
    ensure: (name: string, wish: Partial<AcpEnsureInput> = {}) =>
      runtime.ensureSession({
        sessionKey: `agent:cc:acp:${name}`,
        agentId: "cc",
        agent: "claude",
        mode: "persistent",
        ...wish,
      }),
    asks: (handle: AcpHandle, text: string) => turn(handle, text, "prompt"),
    steers: (handle: AcpHandle, text: string) => turn(handle, text, "steer"),
  };
}

async function shown(turn: {
  events: AsyncIterable<AcpEvent>;
  result: Promise<AcpTurnResult>;
}): Promise<Shown> {
  let text = "";
  for await (const event of turn.events) if (event.type === "text_delta") text += event.text;
  return { text: text.trim(), result: await turn.result };
}
