// When a mode that was chosen with an answer is set: behind the tool it was for, else at the end of the turn, and once.
import { expect, test } from "vitest";
import { ChosenMode } from "../../../src/session/chosen-mode.ts";
import type { SessionEvent } from "../../../src/session/events.ts";

const told = (id: string, status: string): SessionEvent => ({
  ...{ type: "tool", id, title: "Plan", kind: "switch_mode", first: false },
  status,
});

function bench() {
  const set: string[] = [];
  const chosen = new ChosenMode(async (mode) => {
    set.push(mode);
    throw new Error("the harness is gone");
  });
  return { chosen, set };
}

test.each(["completed", "failed"])("is set when its tool is %s, and not again with its turn", (status) => {
  const { chosen, set } = bench();
  chosen.after("plan", "acceptEdits");
  for (const event of [told("plan", "in_progress"), told("other", status), { type: "break" } as const])
    chosen.heard(event);
  expect(set).toEqual([]);
  chosen.heard(told("plan", status));
  chosen.heard(told("plan", status));
  chosen.settle();
  expect(set).toEqual(["acceptEdits"]);
});

test("is set at the end of the turn where nothing is heard of the tool", () => {
  const { chosen, set } = bench();
  chosen.settle();
  chosen.after("plan", "acceptEdits");
  chosen.settle();
  chosen.settle();
  expect(set).toEqual(["acceptEdits"]);
});
