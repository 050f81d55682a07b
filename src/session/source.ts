// Where a turn was begun, and by whom: what the other places that show the session say in front of it.
import { plain, prose } from "../../common/text.ts";
import type { Route } from "../../state/session-map.ts";

export interface TurnSource {
  is: "chat" | "web" | "tui" | "editor" | "app" | "command line" | "gateway" | "agent" | "system";
  /** The channel of a chat, or the agent; as people read it. */
  where?: string;
  /** Who wrote it, as people read it. */
  by?: string;
  /** Several people read what is written there. */
  group?: boolean;
  /** What was written, where the prompt has more in it. */
  words?: string;
}

/** True where the host's own record of a session is what people look at: its web page and terminal. */
export function isPage(source: TurnSource | undefined): boolean {
  return source?.is === "web" || source?.is === "tui";
}

/** Somebody has ended a turn: how it is said ("by @ada"), and the conversation that was told so already. */
export class Stopped {
  readonly how: string;
  readonly place: Route | undefined;

  constructor(how: string, place?: Route) {
    this.how = how;
    this.place = place;
  }
}

const NAME_WIDTH = 60;
const SIGN: Record<TurnSource["is"], string> = {
  chat: "💬",
  web: "🖥",
  tui: "⌨",
  editor: "✎",
  app: "📱",
  "command line": "⌨",
  gateway: "🔌",
  agent: "🤖",
  system: "⏱",
};

/** Names it, with a sign in front: `🖥 web`, `💬 telegram, @ada`. */
export function sourceLabel({ is, where, by }: TurnSource): string {
  const place = is === "chat" ? nameOf(where ?? is) : [is, nameOf(where ?? "")].join(" ").trimEnd();
  return `${SIGN[is]} ${[place, nameOf(by ?? "")].filter((part) => part !== "").join(", ")}`;
}

/** The name of a person, an agent or a program as text of ours: they choose it themselves. */
export function nameOf(name: string): string {
  return prose(plain(name, NAME_WIDTH));
}
