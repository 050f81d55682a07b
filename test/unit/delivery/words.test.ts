// Words: what belongs together is posted together, and what does not is kept apart.
import { expect, test } from "vitest";
import { TurnText } from "../../../src/delivery/turn-text.ts";
import type { SessionEvent } from "../../../src/session/events.ts";

function words(...events: SessionEvent[]) {
  const posted: string[] = [];
  const read = new TurnText((text) => posted.push(text), true);
  for (const event of events) read.read(event);
  return { posted, said: read.text() };
}

test("what follows an interruption does not run into what was said before it", () => {
  const { said, posted } = words(
    { type: "text", text: "I am digg" },
    { type: "break" },
    { type: "text", text: "All right, a hole then." },
  );
  expect(said).toBe("I am digg\n\nAll right, a hole then.");
  expect(posted).toEqual(["I am digg\n\n"]);
});

test("an interruption before the first word, and a second one, add nothing", () => {
  const pause: SessionEvent = { type: "break" };
  expect(words(pause, { type: "text", text: "Yes." }, pause, pause, { type: "text", text: "No." }).said).toBe(
    "Yes.\n\nNo.",
  );
});
