// Answers typed in the chat: which words mean what, as a whole message and nothing else.

export type Reply = { is: "once" } | { is: "always" } | { is: "deny"; reason?: string } | { is: "cancel" };

const ONCE = new Set(["y", "yes", "ok", "1", "是", "好", "同意", "允许"]);
const ALWAYS = new Set(["2", "always", "一直允许", "总是允许"]);
const DENY = new Set(["n", "no", "3", "否", "不", "拒绝"]);
const CANCEL = new Set(["cancel", "取消"]);
// "no problem, go ahead" is no denial: words behind a no are a reason only behind its short form.
const DENY_BECAUSE = /^(?:n|否|不|拒绝)[\s,:，：]+(\S[\s\S]*)$/i;

/** Reads an answer, whatever its case and the space around it; undefined for every other text. */
export function readReply(text: string): Reply | undefined {
  const words = text.trim();
  const word = words.toLowerCase();
  if (ONCE.has(word)) return { is: "once" };
  if (ALWAYS.has(word)) return { is: "always" };
  if (DENY.has(word)) return { is: "deny" };
  if (CANCEL.has(word)) return { is: "cancel" };
  const because = DENY_BECAUSE.exec(words)?.[1];
  return because === undefined ? undefined : { is: "deny", reason: because.trim() };
}
