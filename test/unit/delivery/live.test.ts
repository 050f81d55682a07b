// What the host's own surfaces are shown of a turn that the host does not run.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Failure } from "../../../common/failure.ts";
import { type Onlookers, showLive } from "../../../src/delivery/live.ts";
import type { Audience } from "../../../src/session/audience.ts";
import { Feed } from "../../../src/session/feed.ts";
import { RESET } from "../../../src/session/sentences.ts";
import type { SessionsReader } from "../../../src/session/sessions.ts";
import { type SessionFeed, Turn } from "../../../src/session/turn.ts";

const IDENTITY = { agentId: "cc", sessionKey: "agent:cc:acp:1" };
const CHAT: Audience = { is: "chat", route: { channel: "telegram", to: "501" } };
const DONE = { status: "completed", stopReason: "end_turn" } as const;

describe("an onlooker", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function looking(audience: Audience = CHAT) {
    const seen: string[] = [];
    const onlookers: Onlookers = {
      said: (_, text) => void seen.push(text),
      toolBegan: (_, { title }) => void seen.push(`[${title}`),
      toolEnded: (_, { title, failed, why = "" }) => void seen.push(`${title}] ${failed ? `✗${why}` : "✓"}`),
      broke: (_, sentence) => void seen.push(sentence),
    };
    const feed: SessionFeed = new Feed<Turn>();
    const read = (reader: SessionsReader) => feed.read((entry, turn) => reader(IDENTITY, entry, turn));
    showLive({ sessions: { read }, onlookers });
    const turn = new Turn({ id: "7", text: "hi", images: [], audience }, feed);
    turn.begun();
    const says = (text: string) => turn.emit({ type: "text", text });
    const uses = (title: string, status: string, o: { first?: boolean; why?: string } = {}) =>
      turn.emit({ type: "tool", id: "t", title, kind: "execute", status, first: false, ...o });
    return { seen, turn, says, uses };
  }

  it("sees a paragraph when it is complete, after the chat has had it", () => {
    const { seen, says } = looking();
    says("One.\n");
    says("\nTw");
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(5);
    expect(seen).toEqual(["One.\n\n"]);
  });

  it("sees what comes fast in one piece a second, and the rest at the end", () => {
    const { seen, turn, says } = looking();
    for (let at = 0; at < 20_000; at += 1) {
      says(`${at}\n\n`);
      if (at % 10 === 0) vi.advanceTimersByTime(1);
    }
    expect(seen).toHaveLength(3);
    says("end");
    turn.settle(DONE);
    expect(seen).toHaveLength(4);
    expect(seen.join("")).toBe(`${Array.from({ length: 20_000 }, (_, at) => `${at}\n\n`).join("")}end`);
    vi.runAllTimers();
    expect(seen).toHaveLength(4);
  });

  it("sees a tool by what it is about, behind the words before it", () => {
    const { seen, says, uses } = looking();
    says("Looking.");
    uses("Terminal", "pending", { first: true });
    expect(seen).toEqual(["Looking.\n\n"]);
    uses("echo hi", "pending");
    uses("echo hi", "failed", { why: "no echo" });
    expect(seen.slice(1)).toEqual(["[echo hi", "echo hi] ✗no echo"]);
  });

  it("sees a tool by its first name where nothing more comes of it, and before what is said then", () => {
    const { seen, turn, uses } = looking();
    uses("Terminal", "pending", { first: true });
    vi.advanceTimersByTime(1_000);
    expect(seen).toEqual(["[Terminal"]);
    turn.settle({ status: "cancelled", reason: "cancelled" });
    expect(seen.slice(1)).toEqual(["Terminal] ✗", "⏹ Stopped."]);
  });

  it("sees why a turn failed, and one that never began", () => {
    const { seen, turn } = looking();
    turn.settleFailed(
      new Failure({ code: "refused", message: "Not today.", next: { say: "Try tomorrow." } }),
    );
    expect(seen).toEqual(["⚠️ Not today. Try tomorrow."]);
  });

  it("sees nothing more of a session that was reset", () => {
    const { seen, turn, says } = looking();
    says("Old words.\n\nAnd");
    turn.settle({ status: "cancelled", reason: RESET });
    vi.runAllTimers();
    expect(seen).toEqual([]);
  });

  it("sees nothing of a turn that the host shows by itself", () => {
    const { seen, turn, says } = looking({ is: "caller" });
    says("Mine.\n\n");
    turn.settle(DONE);
    vi.runAllTimers();
    expect(seen).toEqual([]);
  });
});
