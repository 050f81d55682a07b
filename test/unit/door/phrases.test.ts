// Phrases: the whole message and nothing less; and which messages are commands of ours.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCommand } from "../../../src/door/commands.ts";
import { readPhrase } from "../../../src/door/phrases.ts";

const PHRASES: [string, string][] = [
  ["启动cc", "start"],
  ["打开cc", "start"],
  ["打开 CC", "start"],
  ["连接cc", "start"],
  ["沙盒打开cc", "start --sandbox"],
  ["在 /srv/shop 打开cc", 'start "/srv/shop"'],
  ["在~/我的 项目打开cc", 'start "~/我的 项目"'],
  ["关闭cc", "stop"],
  ["退出cc", "stop"],
  ["重启cc", "restart"],
  ["cc状态", "status"],
  ["cc 状态", "status"],
  ["cc在哪", "workdir"],
  ["cc目录", "workdir"],
  ["start claude code", "start"],
  ["Open Claude Code", "start"],
  ["stop claude code", "stop"],
  ["restart claude code", "restart"],
  ["cc status", "status"],
  ["  cc   status \n", "status"],
];

describe("a phrase", () => {
  test.each(PHRASES)("%j is %j", (text, command) => {
    expect(readPhrase(text)).toBe(command);
  });

  test.each([
    "please stop claude code",
    "stop claude code now",
    "cc status?",
    "启动cc吧",
    "怎么 启动cc",
    "先打开cc",
    "在我看来应该先打开cc",
    "在群里打开cc",
    "关闭cc\n然后继续",
    "cc",
    "start claude",
    "",
  ])("is not %j", (text) => {
    expect(readPhrase(text)).toBeUndefined();
  });

  test("is never found within a sentence", () => {
    const words = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text.trim() !== "");
    const phrase = fc.constantFrom(
      ...PHRASES.map(([text]) => text.trim()).filter((text) => !text.startsWith("在")),
    );
    const between = fc.constantFrom(" ", "\n", ", ", "。");
    fc.assert(
      fc.property(phrase, words, between, fc.boolean(), (text, other, gap, first) => {
        const sentence = first ? `${text}${gap}${other}` : `${other}${gap}${text}`;
        // "在 /x" before one makes another phrase of it.
        if (/^\s*(?:在|沙盒)/.test(sentence)) return;
        expect(readPhrase(sentence)).toBeUndefined();
      }),
    );
  });
});

describe("a command", () => {
  test.each([
    ["/cc", ""],
    ["/claude  status", "status"],
    ["/CC Status", "Status"],
    ["/cc@the_bot status", "status"],
    ["/cc\nsteer  two\n lines", "steer  two\n lines"],
    ["/cc /compact  keep it", "/compact  keep it"],
    ["/steer  go on", "steer go on"],
    ["/steer@the_bot go\non", "steer go\non"],
  ])("%j is read as %j", (text, command) => {
    expect(readCommand(text, false)).toBe(command);
  });

  test.each(["/ccx", "/claudette", "say /cc status", "cc", "/steer", "//cc", "/acp steer x", "启动cc"])(
    "is not %j",
    (text) => {
      expect(readCommand(text, false)).toBeUndefined();
    },
  );

  test("may be a phrase where those are on", () => {
    expect(readCommand("启动cc", true)).toBe("start");
  });
});
