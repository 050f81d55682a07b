// Several questions that wait when something ends: all are taken back at once, nothing runs, and none is asked again.
import { describe, expect, onTestFinished, test } from "vitest";
import { Presses } from "../../../src/permission/presses.ts";
import { press, shown } from "../../support/asking.ts";
import { ask } from "../../support/engine.ts";
import { startFaults } from "../../support/faults.ts";
import { until } from "../../support/poll.ts";
import { strike } from "../../support/processes.ts";
import type { Step } from "../../support/scripted-agent.ts";

const CHAT = { channel: "telegram", to: "501" };
const AUDIENCE = { is: "chat", route: CHAT } as const;
const asks = (name: string): Step => ({ ask: `Touch ${name}`, unwaited: true });

describe("several questions", () => {
  test.each([
    ["the adapter dies", "adapter"],
    ["the turn is cancelled", "cancel"],
    ["the engine stops, and another goes on", "restart"],
  ])("when %s, are taken back and not asked again", async (_, how) => {
    const script = { turns: { both: [asks("one"), asks("two"), { hang: true } as const] } };
    await using bench = await startFaults(script);
    const said: string[] = [];
    const listen = () =>
      bench.session().feed.read(({ event }) => {
        if (event.type !== "said" || event.event.type !== "ask") return;
        said.push(event.event.text);
        event.event.extras?.shown(true);
      });
    onTestFinished(listen());
    const turn = bench.session().prompt({ id: "1", text: "both", images: [], audience: AUDIENCE });
    await until("both questions", () => said.length === 2, { seen: () => said });
    expect(said[1]).toMatch(/^Question 2/);
    if (how === "adapter") strike(bench.pids().at(-1), "SIGKILL");
    else if (how === "cancel") turn.cancel("cancelled");
    else await bench.restart();
    await turn.result;
    const identity = bench.session().identity;
    await until("none to wait", () => !bench.engine.replies.waits({ identity, route: CHAT }));
    listen();
    expect((await ask(bench.session(), "hello", { audience: AUDIENCE })).text).toBe("Echo: hello");
    expect(said).toHaveLength(2);
  });

  test("are given their own answers, in whatever order these come", async () => {
    const script = { turns: { all: [...["a", "b", "c", "d"].map(asks), { waitMs: 3_000 }] } };
    await using bench = await startFaults(script);
    const { replies } = bench.engine;
    let shown = 0;
    bench.session().feed.read(({ event }) => {
      if (event.type !== "said" || event.event.type !== "ask" || !event.event.extras) return;
      shown += 1;
      event.event.extras.shown(true);
    });
    const said = ask(bench.session(), "all", { audience: AUDIENCE });
    await until("all four", () => shown === 4);
    const where = { identity: bench.session().identity, route: CHAT };
    for (const word of ["y 3", "n 1", "y 4", "n 2"]) {
      expect(replies.hear(where, { text: word, authorized: true }).is).toBe("answer");
      await new Promise(setImmediate);
    }
    await said;
    const outcomes = bench.agent
      .received()
      .flatMap(({ result }) => (isOutcome(result) ? [result.outcome.optionId] : []));
    expect(outcomes).toEqual(["once", "no", "once", "no"]);
  });
});

describe("a question of a turn that was begun on a page", () => {
  const GROUP = { channel: "telegram", to: "-100" };
  const inGroup = { channel: "telegram", to: "-100", accountId: "default" };

  async function page() {
    const { native, pressed, settled } = shown({ here: false });
    const presses = new Presses(() => true);
    const script = { turns: { go: [{ ask: "Touch one" }] } };
    const bench = await startFaults(script, { asking: { native, presses }, places: [CHAT, GROUP] });
    const posts: { text: string; place: string; value: string | undefined }[] = [];
    bench.session().feed.read(({ event }) => {
      if (event.type !== "said" || event.event.type !== "ask") return;
      const { text, extras, place } = event.event;
      posts.push({ text, place: place?.to ?? "everywhere", value: extras?.buttons[0]?.value });
      extras?.shown(true);
    });
    const said = ask(bench.session(), "go");
    await until("both to be asked", () => posts.length === 2);
    return { bench, pressed, settled, presses, posts, said };
  }

  test.each(["a button", "a word", "the page"])("is settled everywhere by %s", async (way) => {
    const { bench, pressed, settled, presses, posts, said } = await page();
    await using _ = bench;
    expect(posts.map(({ place }) => place)).toEqual([CHAT.to, GROUP.to]);
    const identity = bench.session().identity;
    if (way === "the page") pressed.resolve("allow-once");
    else if (way === "a button") presses.press(press(posts[1]?.value ?? "", { place: inGroup }));
    else bench.engine.replies.hear({ identity, route: CHAT }, { text: "y", authorized: true, name: "@ada" });
    expect((await said).text).toContain("answered once");
    const lines = () => posts.slice(2).map(({ place, text }) => `${place}: ${text}`);
    const told = {
      "a button": [`${CHAT.to}: ✅ Allowed once by @bob (telegram).`],
      "a word": [`${CHAT.to}: ✅ Allowed once by @ada.`, "-100: ✅ Allowed once by @ada (telegram)."],
      "the page": [CHAT, GROUP].map(
        ({ to }) => `${to}: ✅ Allowed once by Telegram approval (501) (OpenClaw).`,
      ),
    }[way];
    await until("every other place to be told", () => lines().length === told?.length, { seen: lines });
    expect(lines()).toEqual(told);
    expect(settled).toEqual(way === "the page" ? [] : ["allow-once"]);
  });

  test("is answered nowhere by who may not approve", async () => {
    const { bench, pressed, presses, posts, said } = await page();
    await using _ = bench;
    const identity = bench.session().identity;
    for (const route of [CHAT, GROUP])
      expect(bench.engine.replies.hear({ identity, route }, { text: "y", authorized: false }).is).toBe(
        "kept",
      );
    const stranger = press(posts[1]?.value ?? "", { place: inGroup, approver: false });
    expect(presses.press(stranger).is).toBe("refused");
    pressed.resolve("deny");
    expect((await said).text).toContain("answered no");
  });
});

function isOutcome(result: unknown): result is { outcome: { optionId: string } } {
  return typeof result === "object" && result !== null && "outcome" in result;
}
