// Where a turn was begun, and by whom: what the other places that show the session say in front of it.

export interface TurnSource {
  is: "chat" | "web" | "tui" | "editor" | "app" | "command line" | "gateway" | "agent" | "system";
  /** The channel of a chat, or the agent; as people read it. */
  where?: string;
  /** Who wrote it, as people read it. */
  by?: string;
}

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
export function sourceLabel(source: TurnSource): string {
  const place =
    source.is === "chat" ? (source.where ?? "chat") : [source.is, source.where].filter(Boolean).join(" ");
  return `${SIGN[source.is]} ${[place, source.by].filter(Boolean).join(", ")}`;
}
