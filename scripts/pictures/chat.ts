// A day in a chat: the pictures of docs/chat.md.
import { join } from "node:path";
import { type Message, say, useTool } from "../../test/support/model.ts";
import { until } from "../../test/support/poll.ts";
import { strike } from "../../test/support/processes.ts";
import type { Stage } from "./stage.ts";

const READS = 30;
const ON_THE_WAY: Record<number, string> = {
  1: "I look at how the handlers are built first.\n\n",
  12: "They all open the database themselves. I collect who uses it how.\n\n",
  24: "Two of them keep the connection over a wait; I note those.\n\n",
};

export async function paintChat({ bench, chat, says, begin, picture }: Stage): Promise<void> {
  begin();
  bench.model.will(say("They are in `test/`. Run them with:\n\n```sh\nnpm test\n```"));
  says("where are the tests?");
  await chat.hears("npm test");
  await picture("quick", "A quick answer");

  begin();
  const file = join(bench.gateway.workspace("cc"), "AGENTS.md");
  for (let at = 1; at <= READS; at++) bench.model.will(look(file, ON_THE_WAY[at]));
  bench.model.will(
    say("Done: 11 handlers now get the connection handed in, and 2 give it back before they wait."),
  );
  says("refactor the handlers to share one connection");
  await chat.hears("Done: 11", { withinMs: 60_000 });
  await picture("long", "A long turn with 30 tool calls: each paragraph comes when it is complete");

  begin();
  bench.model.will("build", say("Built.", { after: new Promise(() => {}) }));
  says("build it");
  const claude = await until("Claude to work", () =>
    bench.gateway.children().find(({ command }) => command.includes("stream-json")),
  );
  await until("the prompt to reach the model", () =>
    bench.model.requests().some(({ prompt }) => prompt.includes("build it")),
  );
  strike(claude.pid, "SIGKILL");
  await chat.hears("Claude Code stopped unexpectedly", { withinMs: 60_000 });
  bench.model.reset();
  says("what do you remember");
  await chat.hears("I remember", { withinMs: 60_000 });
  await picture("crash", "Claude is killed in the middle; the next message resumes it with its memory");

  begin();
  says("/new");
  await chat.hears("New session");
  says("what do you remember");
  await chat.hears("I remember nothing", { withinMs: 60_000 });
  await picture("new", "A fresh session in the same chat");
}

function look(file: string, saying: string | undefined): Message {
  return useTool("Read", { file_path: file }, saying === undefined ? {} : { saying });
}
