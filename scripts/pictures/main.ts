// Makes the pictures of docs/approvals.md: real messages of a real gateway over the fake Telegram, drawn as a user sees them.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AT_ONCE, planFile, run, workbench } from "../../test/support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../../test/support/e2e.ts";
import { useTool } from "../../test/support/model.ts";
import { until } from "../../test/support/poll.ts";
import { root } from "../project.ts";
import { chatSvg, type Shown } from "./svg.ts";

const OWNER = 501;
const FOLDER = join(root, "docs/pictures");

async function paint(bench: Bench, chat: Bound): Promise<void> {
  const { asks, write } = workbench(() => bench);
  const said = new Map<number, string>();
  const says = (text: string) => void said.set(chat.says(text), text);
  let from = 0;
  const picture = async (name: string, title: string) => {
    await writeFile(join(FOLDER, `${name}.svg`), chatSvg(title, shown({ bench, chat, said, from })));
  };
  const begin = () => {
    from = (chat.messages().at(-1)?.id ?? 0) + 1;
  };

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
  await chat.hears("Claude's plan is ready");
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

function shown(o: { bench: Bench; chat: Bound; said: Map<number, string>; from: number }): Shown[] {
  const hide = (text: string) =>
    text
      .replaceAll(o.bench.gateway.workspace("cc"), "/home/ada/app")
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "3f9a12bc-…");
  // Claude Code's own remark about the model's address, which is the bench's.
  const remark = (text: string) => text.startsWith("Warning: We're changing auto mode");
  const messages = o.chat.messages().filter(({ text }) => !remark(text));
  const bot = messages.map(({ id, text, buttons }) => ({
    id,
    who: "bot" as const,
    text: hide(text),
    buttons: buttons.map((row) => row.map((button) => button.text)),
  }));
  const person = [...o.said].map(([id, text]) => ({ id, who: "person" as const, text, buttons: [] }));
  return [...bot, ...person].filter(({ id }) => id >= o.from).toSorted((a, b) => a.id - b.id);
}

const bench = await startBench({ owners: [OWNER], config: AT_ONCE });
try {
  await mkdir(FOLDER, { recursive: true });
  await paint(bench, await bound(bench, { from: { id: OWNER } }));
} finally {
  await bench.dispose();
}
