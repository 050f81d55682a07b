// What the buttons under a notice do.
import type { Job } from "../../state/jobs.ts";
import type { Route } from "../../state/session-map.ts";
import { blockLines } from "./block-text.ts";
import { readButton } from "./buttons.ts";
import type { EditableMessage } from "./card.ts";
import { isLive } from "./job.ts";
import type { Jobs, Who } from "./jobs.ts";
import { nameText } from "./wording.ts";

/** Somebody pressed a button under a notice. */
export interface JobPress {
  /** What stands behind the namespace. */
  payload: string;
  /** Where it was pressed. */
  place: Route;
  /** True where this person may give commands and approve there. */
  approver: boolean;
  /** Who it was, as people read it. */
  name: string;
  /** What it stands under. */
  message: EditableMessage;
}

/** `outcome` goes under the notice, whose buttons go; `reply` is a message of its own. */
export interface JobPressed {
  outcome?: string;
  reply?: string;
}

interface Pressing extends JobPress {
  /** Takes the next message of the conversation, and says what `act` resolves to. */
  expect: (act: (text: string) => Promise<string>) => void;
}

const LINES = 40;
const GO_ON = "Continue where you left off.";

/** Throws a Failure where it cannot be done. */
export async function press(jobs: Jobs, pressed: Pressing): Promise<JobPressed> {
  const button = readButton(pressed.payload);
  // A stranger who presses again and again must not fill the chat.
  if (!button || !pressed.approver) return {};
  const job = jobs.all().find(({ id }) => id === button.id);
  if (!job) return { outcome: "That job is gone." };
  const over = job.cycle !== button.cycle;
  const who = whoOf(pressed);
  const name = nameText(job);
  switch (button.verb) {
    case "stop": {
      if (over || !isLive(job)) return { outcome: "That is over." };
      // A card shows it itself.
      const carded = jobs.cards.has(pressed.message.key);
      await jobs.end(job, who);
      return carded ? {} : { outcome: `⛔ Stopped ${who.how}.` };
    }
    case "go": {
      if (over || isLive(job)) return { outcome: "That is over." };
      await jobs.respond(job, { text: GO_ON, who });
      return { outcome: `▶ Goes on, ${who.how}.` };
    }
    case "reply": {
      if (job.once && !isLive(job)) return { outcome: "It takes nothing more." };
      pressed.expect(async (text) => (await jobs.respond(job, { text, who })).say);
      return { reply: `Your next message here goes to ${name}.` };
    }
    case "output": {
      const blocks = await jobs.output(job).all();
      const lines = blocks.flatMap(blockLines);
      return { reply: [`${name}:`, ...lines.slice(-LINES)].join("\n") };
    }
    case "watch": {
      if (over || !isLive(job)) return { outcome: "That is over." };
      return jobs.cards.show(job, pressed.message) ? {} : { reply: crowdedOut(job) };
    }
  }
}

function crowdedOut(job: Job): string {
  return `As many notices as can be are kept up to date. To see what it says here: /cc fg ${job.name}`;
}

function whoOf({ place, name, approver }: JobPress): Who {
  return {
    how: `by ${name}`,
    person: true,
    approver,
    place,
    source: { is: "chat", where: place.channel, by: name },
  };
}
