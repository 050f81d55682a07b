// Waiting says what it waited for, and ends early when there is nothing to wait for.
import { expect, it } from "vitest";
import { GiveUp, isAlive, pssOf, tempDir, until } from "./poll.ts";

it("returns what the probe found", async () => {
  let calls = 0;
  expect(await until("the third call", () => (++calls === 3 ? "here" : undefined), { everyMs: 1 })).toBe(
    "here",
  );
});

it("names what it waited for and what it last saw", async () => {
  const probe = () => {
    throw new Error("still shut");
  };
  await expect(until("the door", probe, { withinMs: 20, everyMs: 5 })).rejects.toThrow(
    /20 ms for: the door\n.*still shut/,
  );
});

it("gives up at once when told", async () => {
  const probe = () => {
    throw new GiveUp("the house is gone");
  };
  await expect(until("the door", probe)).rejects.toThrow("the house is gone");
});

it("knows the living and their memory", async () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(2 ** 22 + 1)).toBe(false);
  if (process.platform === "linux") expect(await pssOf(process.pid)).toBeGreaterThan(1_000_000);
  expect(await pssOf(2 ** 22 + 1)).toBe(0);
});

it("removes its folders", async () => {
  await using dir = await tempDir();
  expect(dir.path).toContain("contractor-test-");
});
