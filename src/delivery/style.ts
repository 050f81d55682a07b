// How the answers of an agent reach its chats, as the user set it.

type Mirror = "all" | "answers" | "off";

export interface DeliveryStyle {
  /** Each paragraph as it is complete, or everything once at the end. */
  mode: "live" | "final";
  /** Where everything comes at the end: all of it, or the end of what is long. */
  longOutput: "split" | "tail";
  /** What is shown of a turn beside Claude's words. */
  progress: "quiet" | "normal" | "verbose";
  /** A line of usage under the last words of a turn. */
  footer: "on" | "off";
  /** What is shown of turns begun elsewhere: all, without what was written there, or their questions alone. */
  mirror: Mirror;
  /** The same where several people are, of turns begun where nobody else reads. */
  mirrorInGroups: Mirror;
}
