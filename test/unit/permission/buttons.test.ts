// Buttons of ours under a question, and questions the host would not show as they are: who may press, and what is asked instead.
import { describe, expect, test } from "vitest";
import { recorded } from "../../../src/permission/answer.ts";
import type { AskingParts } from "../../../src/permission/ask-parts.ts";
import { Presses } from "../../../src/permission/presses.ts";
import { Turn } from "../../../src/session/turn.ts";
import { bench, press, shown, soon } from "../../support/asking.ts";

describe("buttons of ours", () => {
  const presses = () => new Presses((channel) => channel === "telegram");

  test("stand under the question, in place of the host's, and the first press decides", async () => {
    const own = presses();
    const { native } = shown();
    const { answer, said, rows, values } = bench({ presses: own, native });
    await soon();
    expect([said, rows]).toEqual([["QUESTION"], [["Yes", "Always", "No"]]]);
    expect(own.press(press(values[0] ?? ""))).toEqual({
      is: "answered",
      outcome: "✅ Allowed once by @bob.",
    });
    expect(own.press(press(values[2] ?? ""))).toEqual({ is: "over", outcome: "✅ Allowed once by @bob." });
    expect(await recorded(await answer)).toEqual({ decision: "allowed", how: "button", by: "telegram:7" });
    expect(said).toEqual(["QUESTION"]);
  });

  test("offer no always where nothing may be remembered", async () => {
    const own = presses();
    const { answer, rows, values } = bench({ presses: own, allowAlways: false });
    await soon();
    expect(rows).toEqual([["Yes", "No"]]);
    own.press(press(values[1] ?? ""));
    expect(await answer).toMatchObject({ is: "deny", how: "button" });
  });

  test("do nothing for who may not approve, in another chat, for another account, or with made-up data", async () => {
    const own = presses();
    const { answer, values, types } = bench({ presses: own });
    await soon();
    const value = values[0] ?? "";
    const place = press(value).place;
    expect(own.press(press(value, { approver: false }))).toMatchObject({
      is: "refused",
      reply: expect.stringContaining("may approve"),
    });
    expect(own.press(press(value, { approver: false }))).toEqual({ is: "refused", reply: undefined });
    for (const other of [{ to: "2" }, { to: "-1001" }, { accountId: "two" }, { channel: "slack" }])
      expect(own.press(press(value, { place: { ...place, ...other } })).is).toBe("refused");
    for (const made of [
      "",
      ":",
      value.slice(0, -1),
      `${value}0`,
      value.replace(/\.0$/, ".7"),
      "x:AAAAAAAAAAAA.0",
    ])
      expect(own.press(press(made)).is).not.toBe("answered");
    types("n");
    expect(await answer).toMatchObject({ is: "deny", how: "reply" });
  });

  test("show a later press what was decided otherwise", async () => {
    const own = presses();
    const { answer, values, types, said } = bench({ presses: own });
    await soon();
    types("always");
    expect(await answer).toMatchObject({ is: "always", how: "reply" });
    await soon();
    expect(said).toEqual(["QUESTION", "✅ Allowed always by @ada."]);
    expect(own.press(press(values[2] ?? ""))).toEqual({ is: "over", outcome: "✅ Allowed always by @ada." });
    const other = bench({ presses: own });
    await soon();
    other.turn.abort();
    expect(await other.answer).toEqual({ is: "withdrawn" });
    expect(own.press(press(other.values[0] ?? ""))).toMatchObject({
      is: "over",
      outcome: expect.stringContaining("⏹ Taken back"),
    });
  });
});

describe("a question the host would not show as it is", () => {
  const masking = (tell: boolean) => {
    const asked: string[] = [];
    const told: string[] = [];
    const native: AskingParts["native"] = {
      shows: async () => false,
      tell: async (_, text) => {
        told.push(text);
        return tell;
      },
      request: async ({ title, decisions }) => {
        asked.push(title, ...decisions);
        return {
          here: false,
          decision: new Promise(() => {}),
          by: async () => undefined,
          settle: async () => {},
        };
      },
    };
    return { native, asked, told };
  };

  test("is asked in words alone where there is a chat, whatever the mode", async () => {
    for (const mode of ["auto", "native"] as const) {
      const { native, asked } = masking(true);
      const { answer, said, types } = bench({ native, mode });
      await soon();
      types("y");
      expect(await answer).toMatchObject({ is: "once", how: "reply" });
      expect([said[0], asked]).toEqual(["QUESTION", []]);
    }
  });

  test("stands in the host's record of a held turn before its buttons, which then name none of it", async () => {
    const { native, asked, told } = masking(true);
    const { answer, turn } = bench({ native, held: true, whole: "ALL OF IT" });
    await soon();
    turn.abort();
    expect(await answer).toEqual({ is: "withdrawn" });
    expect(told).toEqual(["ALL OF IT"]);
    expect(asked).toEqual(["A question that stands in the conversation", "allow-once", "deny"]);
  });

  test("is refused where it cannot be put there either", async () => {
    const { native, asked } = masking(false);
    expect(await bench({ native, held: true, whole: "ALL OF IT" }).answer).toEqual({ is: "unshowable" });
    expect(asked).toEqual([]);
  });
});

describe("a question the harness takes back", () => {
  test("was decided elsewhere, unless its turn ends with it", async () => {
    const one = bench();
    await soon();
    one.withdrawn.abort();
    expect(await one.answer).toEqual({ is: "elsewhere" });
    expect(await recorded(await one.answer)).toEqual({ decision: "decided elsewhere", how: "harness" });
    const two = bench();
    await soon();
    two.withdrawn.abort();
    two.turn.abort();
    expect(await two.answer).toEqual({ is: "withdrawn" });
  });

  test("was decided elsewhere too where its turn is completed soon after", async () => {
    const turn = new Turn({ id: "m", text: "go", images: [], audience: { is: "caller" } });
    const { answer, withdrawn } = bench({ ending: turn.ending });
    await soon();
    withdrawn.abort();
    turn.settle({ status: "completed", stopReason: "end_turn" });
    expect(await answer).toEqual({ is: "elsewhere" });
  });
});
