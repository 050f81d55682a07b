// What a text may tell its reader to type is what is offered there.
import { expect, test } from "vitest";
import { commandText, offeredTo } from "../../../common/commands.ts";
import { Failure, describe as inWords } from "../../../common/failure.ts";
import { chatOperations } from "../../../src/wiring/chat-commands.ts";
import { allOperations } from "../../../src/wiring/operations.ts";

// No operation touches these before it runs.
const nothing = {} as never;
const names = (operations: readonly { name: string }[]) => operations.map(({ name }) => name).sort();

test("the operations of the chat and of the command line are the ones that texts name", () => {
  expect(names(chatOperations(nothing, nothing))).toEqual(offeredTo("chat").sort());
  expect(names(allOperations(nothing))).toEqual(offeredTo("cli").sort());
});

test("a step is written for where its reader is; what is not offered there, for where it is", () => {
  const failure = new Failure({
    code: "refused",
    message: "It fell.",
    next: [
      { run: "doctor" },
      { lead: "See them with", run: "sessions" },
      { lead: "Bring it here with", run: "start", args: "PATH" },
      { say: "Try again." },
    ],
  });
  expect(inWords(failure, "chat")).toBe(
    "It fell. Run: openclaw contractor-agents doctor\nSee them with: /cc sessions\nBring it here with: /cc start PATH\nTry again.",
  );
  expect(inWords(failure, "cli")).toBe(
    "It fell. Run: openclaw contractor-agents doctor\nSee them with: openclaw contractor-agents sessions\nBring it here with: /cc start PATH (in a chat)\nTry again.",
  );
  expect(commandText({ run: "model", args: "NAME" }, "chat")).toBe("/cc model NAME");
});
