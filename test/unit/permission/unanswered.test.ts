// What waited when a gateway ended is said to be denied by the next one, once; what was settled before is not.
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { silentLog } from "../../../common/log.ts";
import { hostLock } from "../../../src/host/file-lock.ts";
import { Unanswered } from "../../../src/permission/unanswered.ts";
import { openQuestions } from "../../../state/open-questions.ts";
import { CHAT, identity } from "../../support/asking.ts";
import { tempDir, until } from "../../support/poll.ts";

const GROUP = { channel: "telegram", to: "telegram:-100", threadId: 7 };

describe("questions that a gateway's end cut off", () => {
  let folder: { path: string; remove: () => Promise<void> } | undefined;
  afterEach(() => folder?.remove());

  async function gateways() {
    folder = await tempDir("unanswered");
    const open = () => openQuestions({ file: join(folder?.path ?? "", "open.json"), lock: hostLock });
    const told = async () => {
      const said: string[] = [];
      await new Unanswered(open(), silentLog).tell(
        ({ sessionKey }, text, { to }) => void said.push(`${sessionKey} ${to}: ${text}`),
      );
      return said.sort();
    };
    return { gateway: new Unanswered(open(), silentLog), told, open };
  }

  test("are told in each conversation, together and once", async () => {
    const { gateway, told, open } = await gateways();
    const settled = gateway.note({ identity, conversations: [CHAT], title: "Run: settled" });
    gateway.note({ identity, conversations: [CHAT, GROUP], title: "Run: `a`" });
    const cutOff = gateway.note({ identity, conversations: [CHAT], title: "Run: b" });
    gateway.note({ identity, conversations: [], title: "Run: nowhere" });
    settled();
    const left = async () => (await open().all()).length;
    await until("two that wait", async () => (await left()) === 2);
    gateway.stop();
    cutOff();
    const denied = "🚫 Denied, because the gateway restarted before anybody answered:\n• `` Run: `a` ``";
    expect(await told()).toEqual([
      `${identity.sessionKey} ${GROUP.to}: ${denied}`,
      `${identity.sessionKey} ${CHAT.to}: ${denied}\n• \`Run: b\``,
    ]);
    expect(await told()).toEqual([]);
  });

  test("are not those that this gateway asks meanwhile", async () => {
    const { gateway, open } = await gateways();
    gateway.note({ identity, conversations: [CHAT], title: "now" });
    await until("it to be noted", async () => (await open().all()).length === 1);
    const said: string[] = [];
    await gateway.tell((_, text) => void said.push(text));
    expect([said, (await open().all()).length]).toEqual([[], 1]);
  });

  test("that could not be noted are asked all the same", async () => {
    const warned: string[] = [];
    const broken = {
      add: () => Promise.reject(new Error("disk full")),
      remove: async () => {},
      all: async () => [],
    };
    const gateway = new Unanswered(broken, { ...silentLog, warn: (line) => void warned.push(line) });
    gateway.note({ identity, conversations: [CHAT], title: "x" })();
    await until("a line in the log", () => warned.length > 0);
    expect(warned[0]).toContain("could not be noted");
  });
});
