// What a message refers to, handed to the harness in front of the person's words: marked line by line and cut, so that nothing
// in it can pass for words of theirs.
import { plain, quoted, visible } from "./text.ts";

/** A message that another one refers to. */
interface ReferredMessage {
  /** Words to be quoted; empty where only its file is there. */
  text: string;
  /** Who wrote it, as the channel shows them. */
  sender?: string | undefined;
}

/** What stands behind a message. */
export interface MessageContext {
  /** Who writes, where several people do. */
  speaker?: string | undefined;
  /** The message it is a reply to; `quote` where only some words of that are meant. */
  replyTo?: (ReferredMessage & { quote?: boolean }) | undefined;
  /** Set where the message itself was written by somebody else and passed on. */
  forwarded?: Pick<ReferredMessage, "sender"> | undefined;
}

const KEPT = 2_000;
const TAIL = 500;
const NAME_WIDTH = 60;
const OWN = "[The user's own words:]";
const NOTHING = "[The user wrote no words of their own.]";
const REPLY = /^\[The user replies to [^\n]*\n(?:│ [^\n]*\n)+\[The user's own words:\]\n/;
const SPEAKER = /^\[[^\n]* writes:\]\n/;

/** The words with their context in front, byte for byte behind it; as they are where there is none. */
export function withContext(words: string, { speaker, replyTo, forwarded }: MessageContext): string {
  const name = speaker === undefined ? "" : nameOf(speaker);
  if (name !== "" && words !== "")
    return `[${name} writes:]\n${withContext(withoutSpeakers(words), { replyTo, forwarded })}`;
  const replied =
    replyTo && replyTo.text.trim() !== ""
      ? `[The user replies to ${replyTo.quote ? "these words of a message" : "this message"}${by(replyTo.sender)}:]\n${block(replyTo.text)}\n`
      : "";
  if (forwarded && words !== "")
    return `${replied}[The user forwards this message${by(forwarded.sender)}:]\n${block(words)}\n${NOTHING}`;
  return replied === "" ? words : `${replied}${words === "" ? NOTHING : `${OWN}\n${words}`}`;
}

/** What a person wrote themselves, of a text that `withContext` has made; any other as it is. */
export function ownWords(text: string): string {
  return text.replace(SPEAKER, "").replace(REPLY, "");
}

// Nobody speaks for somebody else: a line in their words that looks like the one in front of them gets a joiner.
function withoutSpeakers(words: string): string {
  return words.replace(/^(\s*)\[(?=[^\n]* writes:\])/gm, "$1[\u2060");
}

function by(sender: string | undefined): string {
  const name = nameOf(sender ?? "");
  return name === "" ? "" : ` by "${name}"`;
}

function nameOf(person: string): string {
  return unmentioned(plain(person.replace(/["[\]]/g, " "), NAME_WIDTH));
}

function block(text: string): string {
  return quoted(unmentioned(cut(visible(text).trim())));
}

// A joiner behind each `@`: what somebody else has mentioned is not read for the person who quotes it.
function unmentioned(text: string): string {
  return text.replaceAll("@", "@\u2060");
}

function cut(text: string): string {
  const letters = [...text];
  if (letters.length <= KEPT) return text;
  const head = letters.slice(0, KEPT - TAIL).join("");
  return `${head}\n… ${letters.length} characters, the middle left out …\n${letters.slice(-TAIL).join("")}`;
}
