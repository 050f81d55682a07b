// A turn of a Telegram chat, seen meanwhile in `openclaw tui`.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";
import { say, useTool } from "../support/model.ts";
import { hasTmux, openTui, type Tui } from "../support/tui.ts";

describe.skipIf(!hasTmux)("the host's terminal", () => {
  let bench: Bench;
  let chat: Bound;
  let tui: Tui;
  beforeAll(async () => {
    bench = await startBench();
    chat = await bound(bench);
    tui = await openTui(bench.gateway, chat.sessionKey);
  }, 240_000);
  afterAll(async () => {
    tui?.close();
    await bench?.dispose();
  });

  const talk = () => tui.lines().slice(2, -2);

  it("shows the message and Claude's words while the turn runs, and each once", async () => {
    const gate = Promise.withResolvers<void>();
    bench.model.will("a story", useTool("Bash", { command: "echo two" }, { saying: "Chapter one." }));
    bench.model.will(say("The end.", { after: gate.promise }));
    chat.says("a story");
    await tui.shows("a story");
    await tui.shows("Chapter one.");
    expect(chat.texts()).not.toContain("The end.");
    gate.resolve();
    await tui.shows("The end.");
    for (const line of ["a story", "Chapter one.", "The end."])
      expect(talk().filter((shown) => shown === line)).toEqual([line]);
  });

  it("can go on with the session", async () => {
    tui.types("hello from the terminal");
    await tui.shows("Echo: hello from the terminal");
    chat.says("and from the chat");
    await tui.shows("Echo: and from the chat");
  });

  it("stops nothing of the chat by /stop, and all by /cc cancel", async () => {
    const gate = Promise.withResolvers<void>();
    bench.model.will("dig", useTool("Bash", { command: "echo dug" }, { saying: "Digging." }));
    bench.model.will(say("Deeper.", { after: gate.promise }));
    chat.says("dig");
    await tui.shows("Digging.");
    tui.types("/stop");
    await tui.shows("no active run");
    tui.types("/cc cancel");
    await tui.shows("⏹ Stopped.");
    gate.resolve();
  });
});
