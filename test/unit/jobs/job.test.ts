// A job as it is spoken of: its name, its times, where it is told about, and what the end of a turn means for it.
import { describe, expect, test } from "vitest";
import { Failure } from "../../../common/failure.ts";
import { buttonValue, readButton } from "../../../src/jobs/buttons.ts";
import { destinationOf, routeOfSetting } from "../../../src/jobs/destination.ts";
import { costText, durationText, nameFrom } from "../../../src/jobs/job.ts";
import { endOf } from "../../../src/jobs/outcome.ts";
import { LABELS, type Verb } from "../../../src/jobs/wording.ts";

describe("a name", () => {
  test.each([
    ["Fix the authentication bug in login.ts", "fix-the-authentication"],
    ["  Größe prüfen!  ", "größe-prüfen"],
    ["42", "job-42"],
    ["!!!", "job"],
    ["修复 登录 错误 现在", "修复-登录-错误"],
  ])("from %j is %j", (prompt, name) => {
    expect(nameFrom(prompt)).toBe(name);
  });
});

describe("times and money", () => {
  test.each([
    [400, "0 s"],
    [59_400, "59 s"],
    [60_000, "1 min"],
    [200_000, "3 min 20 s"],
    [3_600_000, "1 h"],
    [5_400_000, "1 h 30 min"],
  ])("%i ms are %j", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  test.each([
    [{}, ""],
    [{ cost: 0.123 }, "$0.12"],
    [{ cost: 0.0003 }, "$0.0003"],
    [{ cost: 2, currency: "EUR" }, "2.00 EUR"],
  ])("%j costs %j", (job, text) => {
    expect(costText(job)).toBe(text);
  });
});

describe("the place a job is told about at", () => {
  const SEO = { channel: "telegram", to: "telegram:1" };
  const ALL = { channel: "telegram", to: "telegram:2" };
  const HOME = { channel: "telegram", to: "telegram:3" };
  const set = { channels: { "/p": ALL, "/p/seo/": SEO }, fallback: HOME };

  test.each([
    ["/p/seo/back", SEO],
    ["/p/seo", SEO],
    ["/p/seo2", ALL],
    ["/p/se", ALL],
    ["/p", ALL],
    ["/pq", HOME],
    ["/", HOME],
  ])("for %s is the one of the longest directory it is in", (cwd, place) => {
    expect(destinationOf({ place: undefined, cwd }, set)).toBe(place);
  });

  test("is the one it was launched from, before any that is set", () => {
    const place = { channel: "discord", to: "discord:9" };
    expect(destinationOf({ place, cwd: "/p/seo" }, set)).toBe(place);
    expect(destinationOf({ place: undefined, cwd: "/x" }, { channels: {} })).toBeUndefined();
  });

  test.each([
    ["telegram|default|-1005", { channel: "telegram", accountId: "default", to: "telegram:-1005" }],
    ["telegram:default:-1005", { channel: "telegram", accountId: "default", to: "telegram:-1005" }],
    [
      { channel: "telegram", to: "telegram:7", threadId: 3 },
      { channel: "telegram", to: "telegram:7", threadId: 3 },
    ],
  ])("is read from the setting %j", (setting, route) => {
    expect(routeOfSetting(setting)).toEqual(route);
  });
});

describe("the end of its last turn", () => {
  const failed = (code: "limit-reached" | "harness-missing" | "closed") =>
    ({ status: "failed", failure: new Failure({ code, message: "It fell." }) }) as const;

  test.each([
    [{ status: "completed", stopReason: "end_turn" } as const, "done"],
    [{ status: "cancelled", reason: "cancelled" } as const, "stopped"],
    [failed("limit-reached"), "limit"],
    [failed("harness-missing"), "failed"],
    [failed("closed"), "stopped"],
  ])("%j makes it %s", (result, state) => {
    expect(endOf(result).state).toBe(state);
  });

  test("is a stop wherever somebody stopped it, and says who", () => {
    expect(endOf(failed("harness-missing"), "by @ada (telegram)")).toEqual({
      state: "stopped",
      why: "was stopped by @ada (telegram)",
    });
  });
});

describe("a button", () => {
  const verbs = Object.keys(LABELS) as Verb[];

  test.each(verbs)("%s says which job and cycle it is for, in 64 bytes", (verb) => {
    const value = buttonValue(verb, { id: "0a1b2c3d", cycle: 999_999 });
    expect(Buffer.byteLength(value)).toBeLessThanOrEqual(64);
    expect(readButton(value.replace("contractor-job:", ""))).toEqual({
      verb,
      id: "0a1b2c3d",
      cycle: 999_999,
    });
  });

  test.each(["stop.0a1b2c3d", "stop.zz.1", "toString.0a1b2c3d.1", "", "stop.0a1b2c3d.1.2"])(
    "that carries %j is none",
    (payload) => {
      expect(readButton(payload)).toBeUndefined();
    },
  );
});
