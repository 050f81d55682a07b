// What has more answers than yes and no, on Telegram: plans, and Claude's questions to its user.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE, planFile, workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";
import { useTool } from "../support/model.ts";
import { until } from "../support/poll.ts";

const OWNER = 501;

describe("Claude asks its user", () => {
  let bench: Bench;
  let chat: Bound;
  beforeAll(async () => {
    bench = await startBench({
      owners: [OWNER],
      config: AT_ONCE,
    });
    chat = await bound(bench, { from: { id: OWNER } });
  });
  afterAll(() => bench?.dispose());

  const { made, told, write } = workbench(() => bench);

  it("shows a plan in full and takes approve, approve with edits, and what to change", async () => {
    chat.says("/acp set-mode plan");
    await chat.hears("Updated ACP runtime mode");
    const steps = Array.from(
      { length: 120 },
      (_, at) => `${at + 1}. Step number ${at + 1} of the plan, in some words`,
    );
    const plans = async (then: () => Promise<unknown>) => {
      bench.model.will((request) =>
        useTool("Write", { file_path: planFile(request), content: steps.join("\n") }),
      );
      bench.model.will(useTool("ExitPlanMode", {}));
      chat.says("plan it");
      await chat.hears(/The plan is ready\. Reply y/);
      const shown = (step: string) =>
        chat
          .texts()
          .join("\n")
          .includes(step.replace(/^\d+\. /, ""));
      await until("the whole plan to be shown", () => steps.every(shown));
      await then();
    };
    await plans(async () => chat.says("n start with the tests"));
    await until("Claude to hear it", () => told("start with the tests"));
    await chat.hears("Echo: I do not approve the plan yet");
    await plans(() => chat.presses("Approve, accept edits"));
    await chat.hears("✅ Approved, edits accepted without asking by ");
    await chat.hears("User has approved your plan");
    bench.model.will(write("planned.txt"));
    chat.says("go");
    await chat.hears("Done:");
    expect(made("planned.txt")).toBe(true);
  });

  it("asks a form question by question, by number and in own words", async () => {
    const option = (label: string) => ({ label, description: `is ${label}` });
    const questions = [
      {
        question: "Which <b>color</b> [x](http://x) **y**?",
        header: "Color",
        multiSelect: false,
        options: [option("Red"), option("Blue")],
      },
      {
        question: "Which tests?",
        header: "Tests",
        multiSelect: true,
        options: [option("Unit"), option("E2E")],
      },
    ];
    bench.model.will(useTool("AskUserQuestion", { questions }));
    chat.says("ask me");
    const first = await chat.hears("(1/2)");
    expect(first.text).toContain("Which ‹b›color‹/b› [x](http://x) **y**?\n1 Red — is Red\n2 Blue — is Blue");
    // A bare address is one in Telegram, whoever writes it.
    expect(first.raw).not.toMatch(/<(?!\/?a\b)[a-z]/);
    chat.says("sea green");
    await chat.hears("(2/2)");
    chat.says("1, 2");
    await chat.hears(/="sea green", "Which tests\?"="Unit, E2E"/);
    for (const word of ["cancel", "取消"]) {
      bench.model.will(useTool("AskUserQuestion", { questions: questions.slice(0, 1) }));
      chat.says("ask me again");
      await chat.hears("Which ");
      chat.says("9");
      await chat.hears("I did not understand that. Reply with a number");
      chat.says(word);
      await chat.hears("⏹ Cancelled.");
      chat.says(`remember ${word}`);
      await chat.hears(`OK, ${word}.`);
    }
  });
});
