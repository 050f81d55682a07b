// A held turn's event stream: the host pulls it, and hears the result only after it has pulled the last event.
import { describe } from "../../common/failure.ts";
import type { AcpEvent, AcpTurn, AcpTurnResult } from "../host/acp-contract.ts";
import type { SessionEvent, TurnResult } from "../session/events.ts";
import { stopped } from "../session/sentences.ts";
import type { Turn } from "../session/turn.ts";

/**
 * Reads a Turn for the host's ACP manager. The host closes the stream as soon as `result` settles and drops what it has
 * not pulled (docs/host-notes.md#delivery), so `result` waits for the reader; no longer than that.
 */
export function heldTurn(turn: Turn): AcpTurn {
  const waiting: AcpEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let over = false;
  const drained = Promise.withResolvers<void>();
  const stop = turn.read((event) => {
    const told = event.type === "ask" && event.place ? askedElsewhere(event) : event;
    if (told) push(waiting, toAcpEvent(told));
    wake.resolve();
  });
  void turn.result.then((result) => {
    // Who waits for it has not asked for its end in a conversation.
    if (result.status === "cancelled" && result.by?.place)
      push(waiting, toAcpEvent({ type: "notice", text: stopped(result.by.how) }));
    over = true;
    stop();
    wake.resolve();
  });
  return {
    requestId: turn.input.id,
    promptStarted: turn.submitted,
    events: pull(),
    result: Promise.all([turn.result, drained.promise]).then(([result]) => toAcpResult(result)),
    cancel: async (input) => {
      turn.cancel(input?.reason ?? "cancelled");
      await turn.result;
    },
    closeStream: async (input) => {
      drained.resolve();
      turn.cancel(input?.reason ?? "the reader went away");
    },
  };

  async function* pull(): AsyncGenerator<AcpEvent> {
    try {
      for (;;) {
        for (let event = waiting.shift(); event; event = waiting.shift()) yield event;
        if (over) return;
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    } finally {
      drained.resolve();
    }
  }
}

/** The older form of the same: events, then one that says how it ended. */
export async function* legacyTurn(turn: AcpTurn): AsyncGenerator<AcpEvent> {
  try {
    yield* turn.events;
    const result = await turn.result;
    if (result.status === "failed") yield { type: "error", ...result.error };
    else
      yield {
        type: "done",
        status: result.status,
        ...(result.stopReason ? { stopReason: result.stopReason } : {}),
      };
  } finally {
    // A reader that breaks off its loop cancels the turn; after the end of the turn this does nothing.
    await turn.closeStream({ reason: "the reader went away" });
  }
}

// A slow reader costs memory for the text alone: chunks of one stream that follow each other are kept as one.
function push(waiting: AcpEvent[], event: AcpEvent): void {
  const last = waiting.at(-1);
  if (last?.type === "text_delta" && event.type === "text_delta" && last.stream === event.stream) {
    waiting[waiting.length - 1] = { ...last, text: last.text + event.text };
  } else waiting.push(event);
}

// What can only be answered in a conversation is none to be typed here: who waits is told where the question is.
function askedElsewhere({
  place,
  extras,
  copy,
}: Extract<SessionEvent, { type: "ask" }>): SessionEvent | undefined {
  if (!extras || copy) return undefined;
  return { type: "notice", text: `🔐 A question waits for an answer (${place?.channel}).` };
}

function toAcpEvent(event: SessionEvent): AcpEvent {
  switch (event.type) {
    case "text":
      return { type: "text_delta", text: event.text, stream: "output", tag: "agent_message_chunk" };
    case "thought":
      return { type: "text_delta", text: event.text, stream: "thought", tag: "agent_thought_chunk" };
    case "ask":
    case "notice":
      return { type: "text_delta", text: `\n\n${event.text}\n\n`, stream: "output" };
    case "break":
      return { type: "text_delta", text: "\n\n", stream: "output" };
    case "tool":
      return {
        type: "tool_call",
        text: event.title,
        title: event.title,
        tag: event.first ? "tool_call" : "tool_call_update",
        toolCallId: event.id,
        status: event.status,
        kind: event.kind,
      };
    case "usage":
      return { type: "status", text: "", tag: "usage_update", used: event.used, size: event.size };
    case "plan":
      return { type: "status", text: event.entries.map((entry) => entry.content).join("; "), tag: "plan" };
    case "mode":
      return { type: "status", text: `mode: ${event.mode}`, tag: "current_mode_update" };
    case "commands":
      return { type: "status", text: event.names.join(", "), tag: "available_commands_update" };
    case "title":
      return { type: "status", text: event.title, tag: "session_info_update" };
  }
}

function toAcpResult(result: TurnResult): AcpTurnResult {
  switch (result.status) {
    case "completed":
      return { status: "completed", stopReason: result.stopReason };
    case "cancelled":
      return { status: "cancelled", stopReason: "cancelled" };
    case "failed":
      return {
        status: "failed",
        error: { message: describe(result.failure, "chat"), code: "ACP_TURN_FAILED" },
      };
  }
}
