// The chat surface for messages that come through the door.
import { randomUUID } from "node:crypto";
import { HARNESS } from "../../adapters/kinds.ts";
import type { Identity } from "../../state/identity.ts";
import type { HeldSource, TurnSources } from "../backend/turn-sources.ts";
import type { Settings } from "../config.ts";
import { type Commands, type DoorParts, type Inbound, receive } from "../door/door.ts";
import { receiveUnbound, type UnboundMessage, type UnboundParts } from "../door/unbound.ts";
import { refuseHarnessCommand, steer } from "../session/controls.ts";
import type { Sessions } from "../session/sessions.ts";
import { type ChatSurface, chatDeadline, type Passthrough } from "./chat.ts";

const NO_SESSION = `${HARNESS.name} is not in this conversation. /cc start brings it here.`;

/** What runs now. */
interface Running extends Omit<DoorParts, "commands"> {
  sessions: Sessions;
  settings: () => Settings;
  turnSources: TurnSources;
}

/** The door while the plugin runs: what it decides, and the commands that reach it. */
export function doorOf(chat: ChatSurface, running: () => Running) {
  const commands = doorCommands(chat, running);
  const runUnbound = unboundCommands(chat);
  return {
    receive: (inbound: Inbound) => receive({ ...running(), commands }, inbound),
    unbound: (message: UnboundMessage) => receiveUnbound({ ...running(), commands, runUnbound }, message),
    held: (identity: Identity, requestId: string, held: HeldSource) =>
      running().turnSources.note(identity, requestId, held),
    directoryOf: async (identity: Identity) => (await running().sessions.of(identity).record.read())?.cwd,
  };
}

/** A command of the harness itself, given where its people are. */
export function passTo(running: () => Running): Passthrough {
  return async (command, { here, route }) => {
    if (!here || !route) return NO_SESSION;
    const { sessions, conversations } = running();
    const refusal = refuseHarnessCommand(sessions.of(here).controls, command);
    if (refusal !== undefined) return refusal;
    await conversations.of(here).accept({ id: randomUUID(), text: command, images: [], route });
    return "";
  };
}

/** For messages that pass the door: they are for a session of ours, from somebody the host lets give commands. */
function doorCommands(chat: ChatSurface, engine: () => Running): Commands {
  return {
    phrases: () => engine().settings().phrases,
    run: (text, { identity, conversation, owner, approver, name }: Inbound) =>
      chat.run({
        text,
        here: identity,
        route: conversation,
        by: name,
        owner,
        approver,
        signal: chatDeadline(),
      }),
    refuse: (command, { identity }) => refuseHarnessCommand(engine().sessions.of(identity).controls, command),
    interject: async ({ identity, text, source, route }) => {
      const { settings, sessions, conversations } = engine();
      const told = settings().whileBusy === "steer" && (await steer(sessions.of(identity).controls, text));
      if (told) void conversations.of(identity).overheard({ ...source, words: source.words ?? text }, route);
      return told;
    },
  };
}

/** The same where no session is: there is no session to loosen. */
function unboundCommands(chat: ChatSurface): UnboundParts["runUnbound"] {
  return (text, { route, owner }) =>
    chat.run({
      text,
      here: undefined,
      route,
      owner,
      approver: false,
      signal: chatDeadline(),
    });
}
