// A session map that was damaged: what can be saved is saved, what cannot is set aside, and nothing newer is overwritten.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { describe as inWords } from "../../../common/failure.ts";
import { ask } from "../../support/engine.ts";
import { startFaults } from "../../support/faults.ts";

type Damage = (text: string) => string;

/** Given a map like this, then the session begins anew and the bad file is kept beside it. */
const LOST: [string, Damage][] = [
  ["truncated", (text) => text.slice(0, text.length / 2)],
  ["empty", () => ""],
  ["of zeros", (text) => "\0".repeat(text.length)],
  ["something else", () => '["not", "a", "map"]'],
];

describe("31: given a session map that is", () => {
  test.each(LOST)("%s, the next message is answered, and the bad file is kept", async (_, damage) => {
    await using bench = await startFaults({});
    await ask(bench.session(), "remember apple");
    const { file } = bench.engine.map;
    const bad = damage(await readFile(file, "utf8"));
    await bench.restart(() => writeFile(file, bad));
    expect(await ask(bench.session(), "what do you remember")).toMatchObject({
      text: "I remember nothing.",
      result: { status: "completed" },
    });
    const kept = (await readdir(dirname(file))).filter((name) => name.includes(".corrupt-"));
    if (bad !== "") expect(await readFile(`${dirname(file)}/${kept[0]}`, "utf8")).toBe(bad);
    const after = await bench.aftermath();
    expect(after).toMatchObject({
      status: "completed",
      map: { sessions: [{ state: "active", prompted: true }] },
    });
    expect(await bench.session().status()).toMatchObject({ state: "ready", queued: 0 });
    await bench.session().reset("reset");
    expect((await ask(bench.session(), "what do you remember")).text).toBe("I remember nothing.");
    await bench.session().close({ discard: true, reason: "closed" });
  });

  test("newer than we are, the message is refused by name and the file stays as it is", async () => {
    await using bench = await startFaults({});
    await ask(bench.session(), "remember apple");
    const { file } = bench.engine.map;
    const newer = JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), version: 99 });
    await bench.restart(() => writeFile(file, newer));
    const { result } = await ask(bench.session(), "hello");
    expect(result.status).toBe("failed");
    expect(result.status === "failed" && inWords(result.failure)).toMatch(/newer/);
    expect(await readFile(file, "utf8")).toBe(newer);
    expect(bench.running()).toEqual([]);
  });

  test("one with an entry and keys of somebody else, they are kept, and ours is resumed", async () => {
    await using bench = await startFaults({});
    await ask(bench.session(), "remember apple");
    const { file } = bench.engine.map;
    const map = JSON.parse(await readFile(file, "utf8")) as { sessions: object[] };
    map.sessions = [{ whose: "somebody's" }, ...map.sessions.map((entry) => ({ ...entry, note: "mine" }))];
    await bench.restart(() => writeFile(file, JSON.stringify({ ...map, theirs: { deep: true } })));
    const after = await bench.aftermath();
    expect(after.text).toBe("I remember: remember apple.");
    expect(after.map).toMatchObject({
      theirs: { deep: true },
      sessions: [{ note: "mine", state: "active" }],
    });
  });

  test("gone, with the session live: its turns go on, and it is written anew", async () => {
    await using bench = await startFaults({});
    await ask(bench.session(), "remember apple");
    await writeFile(bench.engine.map.file, "");
    const said = await ask(bench.session(), "what do you remember");
    expect(said.text).toBe("I remember: remember apple.");
  });
});
