// The host's own record of a session: each word of a turn stands in it once, whatever fails while the turn runs.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { turnName } from "../../../src/delivery/turn-name.ts";
import { HostTranscript } from "../../../src/host/transcript.ts";
import { until } from "../../support/poll.ts";

const rows: string[] = [];
const host = { fails: (_: string) => false };
const row = (text: string) => {
  if (host.fails(text)) throw new Error("database is locked");
  rows.push(text);
  return { kind: "result" };
};
vi.mock("openclaw/plugin-sdk/session-transcript-runtime", () => ({
  appendSessionTranscriptMessageByIdentityStrict: async ({ message }: { message: Row }) =>
    row(textOf(message)),
  appendAssistantMirrorMessageByIdentity: async ({ text }: { text: string }) => row(`rest: ${text}`),
}));

type Row = { role: string; content: string | { text?: string; name?: string }[] };

const IDENTITY = { agentId: "cc", sessionKey: "agent:cc:acp:1" };
const OF = { identity: IDENTITY, turn: "telegram:501:7" };
const NAME = turnName(IDENTITY, { id: OF.turn, acceptedAt: new Date().toISOString() });

describe("the host's transcript", () => {
  const warned: string[] = [];
  beforeEach(() => {
    rows.length = 0;
    warned.length = 0;
    host.fails = () => false;
  });

  it("has what was shown while the turn ran, and at its end nothing of it again", async () => {
    const transcript = made();
    await transcript.mirror({ identity: IDENTITY, role: "user", text: "hi", id: NAME });
    transcript.said(OF, "\nOne.\n\n");
    transcript.toolBegan(OF, { id: "t", title: "echo" });
    transcript.toolEnded(OF, { id: "t", title: "echo", failed: false });
    transcript.said(OF, "Two.");
    await transcript.mirror({ identity: IDENTITY, role: "assistant", text: "One.\n\nTwo.", id: NAME });
    expect(rows).toEqual(["user hi", "assistant One.", "assistant echo", "toolResult ", "assistant Two."]);
  });

  it("has the rest at the end where a row failed, in order, and the log says so once", async () => {
    const transcript = made();
    host.fails = (text) => text.includes("Two.");
    transcript.said(OF, "One.\n\n");
    transcript.said(OF, "Two.\n\n");
    transcript.said(OF, "Three.");
    await until("the log to say so", () => warned.length > 0);
    host.fails = () => false;
    await transcript.mirror({
      identity: IDENTITY,
      role: "assistant",
      text: "One.\n\nTwo.\n\nThree.",
      id: NAME,
    });
    expect(rows).toEqual(["assistant One.", "rest: Two.\n\nThree."]);
    expect(warned).toHaveLength(1);
  });

  it("has the whole answer where nobody was shown anything", async () => {
    const transcript = made();
    await transcript.mirror({ identity: IDENTITY, role: "assistant", text: "Whole.", id: NAME });
    expect(rows).toEqual(["rest: Whole."]);
  });

  function made() {
    const session = { getSessionEntry: () => ({ sessionId: "host-1" }) };
    const runtime = { agent: { session }, config: { current: () => ({}) } };
    const log = { warn: (line: string) => void warned.push(line) };
    return new HostTranscript({ runtime } as unknown as ConstructorParameters<typeof HostTranscript>[0], log);
  }
});

function textOf({ role, content }: Row): string {
  const text = typeof content === "string" ? content : content.map((part) => part.text ?? part.name).join("");
  return `${role} ${text}`;
}
