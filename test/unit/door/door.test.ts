// The door: in doubt the host decides; a reset is answered here; a prompt is accepted once, with what belongs to it.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { silentLog } from "../../../common/log.ts";
import { type DoorParts, type Gates, type Inbound, receive } from "../../../src/door/door.ts";
import { readReset } from "../../../src/door/reset.ts";
import { StateError } from "../../../state/error.ts";
import { tempDir } from "../../support/poll.ts";

const OPEN: Gates = {
  acpEnabled: true,
  dispatchEnabled: true,
  agentAllowed: true,
  sendAllowed: true,
  toolsUnrestricted: true,
  visible: true,
};
const route = { channel: "telegram", to: "501" };

function bench(o: { released?: boolean; steered?: boolean; broken?: unknown } = {}) {
  const done: unknown[] = [];
  const conversation = {
    reset: async () => {
      if (o.broken) throw o.broken;
      done.push("reset");
      return [];
    },
    knows: async () => false,
    cwd: async () => "/nowhere",
    accept: async (prompt: unknown) => {
      if (o.broken) throw o.broken;
      done.push(prompt);
    },
  };
  const parts = {
    conversations: { of: () => conversation },
    replies: { hear: () => ({ is: "unheard" }) },
    commands: {
      phrases: () => false,
      run: async (command: string) => `ran ${command}`,
      refuse: (command: string) => (command === "/vim" ? "It needs a screen." : undefined),
      interject: async () => o.steered ?? false,
    },
    released: () => o.released ?? true,
    maxMegabytes: () => 50,
    senderNames: () => true,
    log: silentLog,
  } as unknown as DoorParts;
  const enter = (text: string, fields: Partial<Inbound> = {}) =>
    receive(parts, {
      identity: { agentId: "cc", sessionKey: "agent:cc:one" },
      source: { is: "chat", where: "telegram" },
      id: "m1",
      forwarded: false,
      text,
      command: text,
      authorized: true,
      owner: true,
      approver: true,
      route,
      gates: OPEN,
      hostCommand: false,
      attachments: [],
      pictures: false,
      reply: (words) => void done.push({ words }),
      ...fields,
    });
  return { done, enter };
}

describe("a message", () => {
  test("is accepted as it was written, where everything is open", async () => {
    const { done, enter } = bench();
    expect(await enter('$HOME !x \\n "q" 你好')).toEqual({ is: "accepted" });
    expect(done).toEqual([{ id: "m1", text: '$HOME !x \\n "q" 你好', images: [], route }]);
  });

  test.each(Object.keys(OPEN))("is the host's when %s does not hold, a reset as well", async (gate) => {
    for (const text of ["hello", "/new"]) {
      const { done, enter } = bench();
      expect(await enter(text, { gates: { ...OPEN, [gate]: false } })).toEqual({ is: "host" });
      expect(done).toEqual([]);
    }
  });

  test.each<[string, string, Partial<Inbound>, boolean]>([
    ["one of the host's commands", "/acp status", { hostCommand: true }, true],
    ["one without a place to answer", "hello", { route: undefined } as never, true],
    ["an empty one", "", {}, true],
    ["any where turns are held", "hello", {}, false],
  ])("is the host's: %s", async (_, text, fields, released) => {
    const { done, enter } = bench({ released });
    expect(await enter(text, fields)).toMatchObject({ is: "host" });
    expect(done).toEqual([]);
  });

  describe("of a page of the host", () => {
    const page = { source: { is: "web" }, route: undefined } as never;

    test("is accepted, and answered in the host's record", async () => {
      const { done, enter } = bench();
      expect(await enter("hello", page)).toEqual({ is: "accepted" });
      expect(done).toEqual([{ id: "m1", text: "hello", images: [] }]);
    });

    test("is the host's where pictures come with it", async () => {
      const { enter } = bench();
      expect(await enter("hello", { ...(page as object), pictures: true })).toMatchObject({ is: "host" });
    });

    test("reaches the running turn where people want that, and the page is told", async () => {
      const { done, enter } = bench({ steered: true });
      expect(await enter("not that", page)).toEqual({ is: "answered" });
      expect(done).toEqual([{ words: "Told Claude." }]);
    });
  });

  test("of images alone is a prompt", async () => {
    const { done, enter } = bench();
    await using folder = await tempDir("door");
    const dir = folder.path;
    await writeFile(join(dir, "a.png"), "x");
    const picture = { path: join(dir, "a.png"), mimeType: "image/png" };
    expect(await enter("", { attachments: [picture] })).toEqual({ is: "accepted" });
    const images = [{ mimeType: "image/png", data: Buffer.from("x").toString("base64") }];
    expect(done).toMatchObject([{ text: "", images }]);
  });
});

describe("a message that cannot be written down is answered with why", () => {
  const disk = (code: string) =>
    new StateError({
      code: "unwritable",
      file: "/state/map.json",
      message: "raw",
      cause: Object.assign(new Error(`${code}: raw`), { code }),
    });
  test.each([
    [disk("ENOSPC"), "The disk is full, so nothing was changed. Free some space, then try again."],
    [disk("EROFS"), "The disk is read-only, so nothing was changed (/state). Make it writable, then"],
    [disk("EACCES"), "The user that OpenClaw runs as may not write /state/map.json, so nothing was changed."],
    [new Error("something else."), "something else. Send it again in a moment."],
  ])("%s", async (broken, why) => {
    for (const text of ["/new", "hello"]) {
      const { done, enter } = bench({ broken });
      expect(await enter(text)).toEqual({ is: "answered" });
      expect(done).toEqual([{ words: expect.stringContaining(`I could not take your message up. ${why}`) }]);
    }
  });
});

describe("a command of ours", () => {
  test("is run and answered at once", async () => {
    const { done, enter } = bench();
    expect(await enter("/cc  status")).toEqual({ is: "answered" });
    expect(done).toEqual([{ words: "ran status" }]);
  });

  test("of somebody who may not is refused, and run in no case", async () => {
    for (const text of ["/cc status", "/claude /compact", "/steer left"]) {
      const { done, enter } = bench();
      expect(await enter(text, { authorized: false })).toEqual({ is: "answered" });
      expect(done).toEqual([{ words: expect.stringMatching(/^Only people/) }]);
    }
  });

  test("that is Claude's is a prompt as it is, or answered with what does the same", async () => {
    const { done, enter } = bench();
    expect(await enter("/cc /compact  keep it")).toEqual({ is: "accepted" });
    expect(await enter("/cc /vim")).toEqual({ is: "answered" });
    expect(done).toMatchObject([{ text: "/compact  keep it" }, { words: "It needs a screen." }]);
  });

  test("that steers is a message where the host holds the turns, since nothing reaches one that runs", async () => {
    const { done, enter } = bench();
    const webchat = { route: undefined } as never;
    expect(await enter("/cc steer  to the left", webchat)).toEqual({ is: "host", text: "to the left" });
    expect(await enter("/cc steer --session two left", webchat)).toEqual({ is: "answered" });
    expect(done).toEqual([{ words: "ran steer --session two left" }]);
  });
});

describe("a reset", () => {
  test("is done and answered at once", async () => {
    const { done, enter } = bench();
    expect(await enter("/new", { hostCommand: true })).toEqual({ is: "answered" });
    expect(done).toEqual(["reset", { words: expect.stringMatching(/^New session/) }]);
  });

  test("with words behind it runs them as the first prompt of the new session, without another answer", async () => {
    const { done, enter } = bench();
    expect(await enter("/reset  fix the\ntests ", { hostCommand: true })).toEqual({ is: "accepted" });
    expect(done).toMatchObject(["reset", { text: "fix the\ntests" }]);
  });

  test("of somebody who may not is the host's to refuse", async () => {
    const { done, enter } = bench();
    expect(await enter("/new", { hostCommand: true, authorized: false })).toEqual({ is: "host" });
    expect(done).toEqual([]);
  });

  test.each([
    ["/new", ""],
    [" /RESET ", ""],
    ["/new@my_bot", ""],
    ["/new@my_bot start here", "start here"],
    ["/reset\nsome text", "some text"],
  ])("is read from %j", (text, rest) => expect(readReset(text)).toEqual({ rest }));

  test.each(["/news", "new", "please /new", "/newer x", "/reset-options", "//new", ""])(
    "is not read from %j",
    (text) => expect(readReset(text)).toBeUndefined(),
  );
});
