// The words of tests about approvals: what Claude wants to do in a chat, whether it was done, and where plans go.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./e2e.ts";
import { type Message, useTool } from "./model.ts";
import type { ModelRequest } from "./model-request.ts";
import type { Chat } from "./telegram.ts";

/** A question about a use of a tool that waits for its answer; once it has one it does not say how to give it any more. */
export const ASKED = /^🔐 Claude Code wants to [\s\S]*\nReply y \(once\)/;
/** Telegram's channel hands over what is said at once. */
export const AT_ONCE = { messages: { inbound: { byChannel: { telegram: 0 } } } };

export function workbench(bench: () => Pick<Bench, "model" | "gateway">, agent = "cc") {
  const file = (name: string) => join(bench().gateway.workspace(agent), name);
  return {
    file,
    /** True when the file is in the agent's folder. */
    made: (name: string) => existsSync(file(name)),
    write: (name: string) => useTool("Write", { file_path: file(name), content: "one\ntwo\n" }),
    touch: (name: string) => run(`touch ${name}`),
    /** Claude uses the tool in the next turn; the message that asks for it. */
    asks: async (chat: Chat, tool: Message, words: string | RegExp = ASKED) => {
      bench().model.will(tool);
      chat.says("go on");
      return await chat.hears(words);
    },
    /** Answers by typing, after as long as somebody needs to read what is asked: a quicker word is not taken for an answer. */
    answers: async (chat: { says(word: string): unknown }, word: string) => {
      await sleep(1_500);
      await chat.says(word);
    },
    /** True when the model has been told this. */
    told: (words: string) =>
      bench()
        .model.requests()
        .some(({ prompt }) => prompt.includes(words)),
  };
}

export function run(command: string): Message {
  return useTool("Bash", { command, description: "runs it" });
}

/** Claude Code keeps a plan in a file whose name it tells the model; the request to leave plan mode carries what is in it. */
export function planFile(request: ModelRequest): string {
  const found = /(\/[^\s"'`\\]+\/plans\/[^\s"'`\\]+\.md)/.exec(JSON.stringify(request.body))?.[1];
  if (found === undefined) throw new Error("Claude was not told where its plan belongs");
  return found;
}
