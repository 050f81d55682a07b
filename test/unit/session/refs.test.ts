// What people type to mean a session, and which one it is.
import { describe, expect, test } from "vitest";
import type { IndexedEntry } from "../../../src/catalog/session-index.ts";
import { findRef } from "../../../src/catalog/session-ref.ts";
import { entryOf } from "../state/support/entries.ts";

const at = (day: number) => `2026-11-${day}T03:00:00.000Z`;
const was = (claudeSessionId: string, day = 10) => ({ claudeSessionId, retiredAt: at(day), reason: "reset" });

function session(number: number, over: Partial<IndexedEntry> = {}): IndexedEntry {
  const sessionKey = `agent:cc:acp:${number}`;
  return { ...entryOf({ agentId: "cc", sessionKey }), backendSessionId: `ours-${number}`, number, ...over };
}

const ENTRIES = [
  session(2, { claudeSessionId: "aaaaaa-1", name: "Café Zoë", retired: [was("bbbbbb-1")] }),
  session(5, { claudeSessionId: "aaaaaa-2", name: "deadbeef" }),
  session(12, { name: "หัวข้อ" }),
  session(40, { claudeSessionId: "deadbeef-3" }),
];
const found = (ref: string, entries = ENTRIES) => findRef(ref, entries)?.entry.number;

test.each([
  ["2", 2],
  [" #5 ", 5],
  ["012", 12],
  ["agent:cc:acp:40", 40],
  ["ours-12", 12],
  ["aaaaaa-2", 5],
  ["bbbbbb", 2],
  ["cafe\u0301 ZOE\u0308", 2],
  ["หัวข้อ", 12],
  ["deadbeef", 5],
  ["deadbeef-", 40],
  ["1", undefined],
  ["0", undefined],
  ["#", undefined],
  ["", undefined],
  ["aaaa", undefined],
  ["café", undefined],
  ["CAFÉ ZOË", 2],
  ["__proto__", undefined],
])("%j means number %s", (ref, number) => {
  expect(found(ref)).toBe(number);
});

test("the beginning of several ids means none of them, and they are named", () => {
  expect(() => found("aaaaaa")).toThrow('"aaaaaa" means several sessions: aaaaaa-1, aaaaaa-2.');
});

describe("an id that more than one conversation knows is", () => {
  const earlier = session(1, { claudeSessionId: "cccccc-9", retired: [was("xxxxxx-1", 12)] });
  const before = session(2, { retired: [was("xxxxxx-1", 11)] });
  const copy = session(3, { forkOf: "xxxxxx-1" });
  const current = session(4, { claudeSessionId: "xxxxxx-1" });

  test.each([
    ["the one that is in it", [earlier, copy, current, before], 4],
    ["where none is, the one that was in it last", [before, copy, earlier], 1],
    ["where none was, the one that begins as its copy", [copy], 3],
  ])("%s", (_, entries, number) => {
    for (const ref of ["xxxxxx-1", "xxxxxx"]) expect(found(ref, entries)).toBe(number);
  });

  test("also its own, where it is to go on as a copy of itself", () => {
    const itself = session(1, { forkOf: "xxxxxx-1", retired: [was("xxxxxx-1")] });
    expect(findRef("xxxxxx", [itself])).toMatchObject({ claudeSessionId: "xxxxxx-1", retired: true });
  });
});
