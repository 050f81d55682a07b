// What Claude asks, and how it is answered: the pictures of docs/approvals.md.
import { planFile, run, workbench } from "../../test/support/approvals.ts";
import { useTool } from "../../test/support/model.ts";
import { until } from "../../test/support/poll.ts";
import type { Stage } from "./stage.ts";

export async function paintApprovals({ bench, chat, says, begin, picture }: Stage): Promise<void> {
  const { asks, write } = workbench(() => bench);

  begin();
  await asks(chat, write("hello.ts"));
  await picture("write", "Claude asks before it writes a file");
  await chat.presses("Allow Once");
  await chat.hears("Done:");
  await picture("written", "The same after Allow Once was pressed");

  begin();
  await asks(chat, run("cargo test"));
  says("what is that for?");
  await chat.hears("still waiting");
  says("n use npm test");
  await chat.hears("You wrote while I was waiting");
  await picture("typed", "Answers by typing: something else is kept, a no with its reason reaches Claude");
  says("drop");
  await until("the offer to be forgotten", () => bench.telegram.unconfirmed() === 0);

  begin();
  bench.model.reset();
  bench.model.will(useTool("AskUserQuestion", { questions: QUESTIONS }));
  says("set it up");
  await chat.hears("(1/2)");
  says("1");
  await chat.hears("(2/2)");
  says("1,2");
  await chat.hears("Done:");
  await picture("questions", "Claude's questions, one after the other");

  chat.says("/acp set-mode plan");
  await chat.hears("Updated ACP runtime mode");
  begin();
  bench.model.will((request) => useTool("Write", { file_path: planFile(request), content: PLAN }));
  bench.model.will(useTool("ExitPlanMode", {}));
  says("plan the move to Node 24");
  await chat.hears("The plan is ready");
  await picture("plan", "A plan, in full, and what to do with it");
  await chat.presses("Deny");
}

const option = (label: string, description: string) => ({ label, description });
const QUESTIONS = [
  {
    question: "Which port?",
    header: "Port",
    multiSelect: false,
    options: [option("8080", "the usual"), option("3000", "as in the readme")],
  },
  {
    question: "Which checks?",
    header: "Checks",
    multiSelect: true,
    options: [option("Lint", "fast"), option("Tests", "slow")],
  },
];
const PLAN =
  "## Move to Node 24\n\n1. Raise engines in package.json\n2. Run the tests on 24\n3. Drop the polyfills\n";
