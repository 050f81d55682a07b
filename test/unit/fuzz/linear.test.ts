// No text can stop the gateway: a megabyte of anything costs every function that reads text from outside less than a moment.
import { describe, expect, test } from "vitest";
import { claudeFailure, isErrorEcho } from "../../../adapters/claude/failures.ts";
import { readTool } from "../../../adapters/claude/tools.ts";
import { lines as transcriptLines } from "../../../adapters/claude/transcript.ts";
import { FrameRing } from "../../../adapters/frame-ring.ts";
import { redact } from "../../../common/redact.ts";
import {
  asText,
  code,
  codeBlock,
  plain,
  plainLines,
  prose,
  quoted,
  shown,
  visible,
} from "../../../common/text.ts";
import { Paragraphs } from "../../../src/delivery/paragraphs.ts";
import { tailOf } from "../../../src/delivery/tail.ts";
import { TurnText } from "../../../src/delivery/turn-text.ts";
import { readCommand } from "../../../src/door/commands.ts";
import { safeName } from "../../../src/door/file-inbox.ts";
import { readPhrase } from "../../../src/door/phrases.ts";
import { readReset } from "../../../src/door/reset.ts";
import { pluginLog } from "../../../src/host/plugin-log.ts";
import { exact, wholeBlock } from "../../../src/permission/exact.ts";
import { findRule, scopeOf } from "../../../src/permission/matching.ts";
import { readReply } from "../../../src/permission/replies.ts";
import { warningsOf } from "../../../src/permission/warnings.ts";
import { hintOf, nativeTextOf, questionOf, refused, titleOf } from "../../../src/permission/wording.ts";
import { Feed } from "../../../src/session/feed.ts";
import { Output } from "../../../src/session/output.ts";
import { requestOf } from "../permission/hostile.ts";

const MEGABYTE = 1_000_000;
// The machines are shared: what this process used of a processor counts, in the best of some runs, and beside a plain pass over
// as many lines in the same moment. What is not in proportion to its text costs seconds.
const LIMIT_MS = 50;
const PASSES = 10;
const RUNS = 8;

const UNITS: readonly string[] = [
  ...[
    "a-",
    "a.",
    "a",
    " ",
    "\n",
    "`",
    "```\n",
    "a`",
    "_",
    "_a_",
    "*",
    "[",
    "[[",
    "![",
    "<",
    "</",
    "<a ",
    "|",
    "\\",
    "$(",
  ],
  ...[
    "=",
    "a=",
    "--",
    "--a ",
    "-u ",
    "-u a:",
    "token",
    "token ",
    "token=",
    "password: ",
    "sk-",
    "eyJaaaaaaaa-",
    "eyJaaaaaaaa.",
    "://",
    "a://a:",
  ],
  ...[
    "1",
    "123456:",
    "Bearer ",
    "mysql -",
    "\u0301",
    "e\u0301\u0301\u0301",
    "\u200b",
    "\u202e",
    "\ud800",
    "🦀",
    "日",
    "\t",
    "\r",
    "\0",
  ],
  ...[
    "| a",
    "|a=",
    "git ",
    "find ",
    "curl ",
    "| /",
    "rm ",
    "y ",
    "n ",
    "/cc ",
    "@a ",
    '"',
    "'",
    "{",
    '{"type":"user"}\n',
    ",",
    "，",
  ],
];
const TEXTS = UNITS.map((unit) => ({
  unit,
  text: unit.repeat(Math.ceil(MEGABYTE / unit.length)).slice(0, MEGABYTE),
}));

const bash = (command: string) => readTool(requestOf("Bash", { command }), undefined);
const asked = (text: string) => ({
  ...{ harness: "Claude Code", tool: bash(text), diff: undefined, warnings: [], cwd: "/work", minutes: 10 },
  always: { what: text, where: "here" },
});
const rule = {
  id: "1",
  agentId: "cc",
  effect: "deny",
  tool: "Bash",
  match: "prefix",
  text: "rm",
  createdAt: "",
} as const;

const FUNCTIONS: Record<string, (text: string) => unknown> = {
  redact,
  ...{
    plain: (text) => plain(text, 200),
    plainLines: (text) => plainLines(text, 900),
    visible,
    prose,
    code,
    codeBlock,
    quoted,
    asText,
  },
  ...{
    shown: (text) => shown(text, 76),
    exact,
    wholeBlock,
    readReply,
    readPhrase,
    readReset,
    safeName,
    tailOf,
    isErrorEcho,
  },
  readCommand: (text) => readCommand(text, true),
  warningsOf: (text) => warningsOf(bash(text), "/work"),
  scopeOf: (text) => scopeOf(bash(text)),
  findRule: (text) => findRule([rule], { agentId: "cc", sessionKey: "s", cwd: "/work", tool: bash(text) }),
  questionOf: (text) => questionOf(asked(text)),
  nativeTextOf: (text) => nativeTextOf(asked(text)),
  titleOf: (text) => titleOf(bash(text)),
  hintOf: (text) => hintOf(bash(text), true),
  refused: (text) => refused(bash(text), "No"),
  claudeFailure: (text) => claudeFailure(new Error(text)),
  transcriptLines,
  output: (text) => {
    const output = new Output(new Feed());
    output.add("assistant", text);
    return output.tail(1_500);
  },
  frame: (text) => {
    const ring = new FrameRing();
    ring.record("received", { method: text, id: text, params: { [text]: text, title: text, type: text } });
    return ring.read({ withText: true });
  },
  "line of the log": (text) => pluginLog({ info: () => {}, warn: () => {}, error: () => {} }).warn(text),
};

describe.each(Object.entries(FUNCTIONS))("%s", (_, run) => {
  test("takes a megabyte of anything in a moment", { timeout: 60_000 }, () => {
    // A short one first: what is not in proportion to its text shows there already, and would take for ever with the long ones.
    for (const { unit } of TEXTS)
      if (isSlow(() => run(unit.repeat(5_000).slice(0, 20_000)))) throw new Error(`slow on ${unit}`);
    const slow = TEXTS.filter(({ text }) => isSlow(() => run(text))).map(({ unit }) => unit);
    expect(slow).toEqual([]);
  });
});

describe("an answer in tiny pieces", () => {
  test.each([
    ["one line", "word "],
    ["a block of code", "x\n"],
    ["paragraphs", "a\n\n"],
  ])("of %s costs each piece next to nothing", (_, unit) => {
    const timeOf = (length: number) =>
      fastest(() => {
        const paragraphs = new Paragraphs();
        if (unit === "x\n") paragraphs.push("```\n");
        for (let piece = 0; piece < length; piece += 1) paragraphs.push(unit.slice(0, 4));
        const words = new TurnText(() => {}, true);
        for (let piece = 0; piece < length; piece += 1) words.read({ type: "text", text: unit.slice(0, 4) });
        return paragraphs.flush() + words.unposted();
      });
    const few = timeOf(25_000);
    // Ten times as many: what looks at the whole answer for each piece takes a hundred times as long.
    expect(timeOf(250_000)).toBeLessThan(Math.max(2_500, 40 * few));
  });
});

function isSlow(run: () => unknown): boolean {
  const ms = fastest(run);
  return ms > LIMIT_MS && ms > PASSES * fastest(plainPass);
}

const LINES = "word\n".repeat(MEGABYTE / 5);

function plainPass(): number {
  let length = 0;
  for (const line of LINES.split("\n")) length += line.trim().length;
  return length;
}

function fastest(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let at = 0; at < RUNS && best > LIMIT_MS; at += 1) {
    const [started, before] = [performance.now(), process.cpuUsage()];
    run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, performance.now() - started, (user + system) / 1000);
  }
  return best;
}
