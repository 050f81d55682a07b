// A line of the log is ours by name, one line, short and without secrets; the last ones are kept for a fault report.
import { expect, test } from "vitest";
import { logName } from "../../../common/log.ts";
import { pluginLog } from "../../../src/host/plugin-log.ts";

function given() {
  const shown: string[] = [];
  const write = (level: string) => (line: string) => void shown.push(`${level} ${line}`);
  const host = { info: write("info"), warn: write("warn"), error: write("error") };
  const log = pluginLog(host, () => new Date("2026-01-02T03:04:05Z"));
  return { log, shown, host, write };
}

test("a line is written with its level and our name, and kept with its time", () => {
  const { log, shown } = given();
  log.warn("a chat could not be bound again");
  expect(shown).toEqual(["warn contractor: a chat could not be bound again"]);
  expect(log.tail()).toEqual(["2026-01-02T03:04:05.000Z warn  a chat could not be bound again"]);
});

test("what the host does not show is kept all the same", () => {
  const { log, shown, host, write } = given();
  log.debug("idle → running");
  expect(shown).toEqual([]);
  expect(log.tail()).toEqual(["2026-01-02T03:04:05.000Z debug idle → running"]);
  pluginLog({ ...host, debug: write("debug") }).debug("starting");
  expect(shown).toEqual(["debug contractor: starting"]);
});

test("a line is one line of at most 500 columns, without secrets and without tricks", () => {
  const { log, shown } = given();
  log.error(`failed: token=abcdef123 sk-ant-api03-aaaabbbbcccc\nat line\u202e two ${"x".repeat(10_000)}`);
  const [line = ""] = shown;
  expect(line).toMatch(/^error contractor: failed: token=\[redacted\] \[redacted\] at line two x+…$/);
  expect(line.length).toBeLessThan(530);
  expect(log.tail().join()).not.toMatch(/abcdef|aaaabbbb|\n/);
});

test("the last 2000 lines are kept, in order", () => {
  const { log } = given();
  for (let at = 0; at < 4_321; at += 1) log.info(`line ${at}`);
  const kept = log.tail();
  expect(kept).toHaveLength(2_000);
  expect([kept.at(0), kept.at(-1)].map((line) => line?.split(" ").at(-1))).toEqual(["2321", "4320"]);
});

test.each([
  ["cc", "agent:cc:main", "[cc/main]"],
  [
    "cc",
    "agent:cc:acp:4cb816ff-0326-46f5-b83c-1669e7f6f2d0",
    "[cc/acp:4cb816ff-0326-46f5-b83c-1669e7f6f2d0]",
  ],
  ["an-agent-with-a-very-long-name", "x\n\u202ey", "[an-agent-with-a-ver…/x y]"],
  ["cc", `agent:cc:${"k".repeat(100)}`, `[cc/${"k".repeat(40)}]`],
])("a session of %s is called by its agent and the end of its key", (agentId, sessionKey, name) => {
  expect(logName({ agentId, sessionKey })).toBe(name);
});
