// What a job says and does, as the blocks that are kept of it.
import { expect, test } from "vitest";
import { JobRun } from "../../../src/jobs/job-run.ts";
import type { SessionEvent } from "../../../src/session/events.ts";
import type { Job } from "../../../state/jobs.ts";

const tool = (change: Partial<Extract<SessionEvent, { type: "tool" }>>): SessionEvent => ({
  ...{ type: "tool", id: "t", title: "Terminal", kind: "execute", status: "pending", first: false },
  ...change,
});

test("a tool is a block once it has its name, before what is said after it, and runs until it is over", () => {
  const run = new JobRun({} as Job);
  const read = (event: SessionEvent) => run.read({ type: "said", turn: "1", event }, undefined);
  expect(read({ type: "text", text: "Looking." })).toEqual([]);
  expect(read(tool({ first: true }))).toEqual([{ kind: "text", text: "Looking." }]);
  expect(read(tool({ title: "npm test" }))).toEqual([{ kind: "tool", text: "npm test" }]);
  expect(run.tool).toEqual({ id: "t", title: "npm test" });
  expect(read(tool({ title: "npm test", status: "completed" }))).toEqual([]);
  expect(run.tool).toBeUndefined();
  expect(read(tool({ id: "u", first: true }))).toEqual([]);
  expect(read({ type: "notice", text: "Slow." })).toEqual([
    { kind: "tool", text: "Terminal" },
    { kind: "notice", text: "Slow." },
  ]);
  expect(read(tool({ id: "v", first: true, title: "Read a.ts", status: "completed" }))).toEqual([
    { kind: "tool", text: "Read a.ts" },
  ]);
});
