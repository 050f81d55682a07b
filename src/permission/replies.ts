// Answers typed in the chat: which words mean what, as a whole message and nothing else.

export type Reply = { is: "once" } | { is: "always" } | { is: "deny"; reason?: string } | { is: "cancel" };

const ONCE = new Set(["y", "yes", "ok", "1", "是", "好", "同意", "允许"]);
const ALWAYS = new Set(["2", "always", "一直允许", "总是允许"]);
const DENY = new Set(["n", "no", "3", "否", "不", "拒绝"]);
const CANCEL = new Set(["cancel", "取消"]);
// "no problem, go ahead" is no denial: words behind a no are a reason only behind its short form.
const DENY_BECAUSE = /^(?:n|否|不|拒绝)[\s,:，：]+(\S[\s\S]*)$/i;

// What begins as an answer and goes on, or is a number that stands for none, was meant as one and says nothing for sure.
const BEGINS =
  /^(?:y|yes|yeah|yep|ok|okay|sure|allow|always|n|no|nope|deny|cancel|是|好|同意|允许|一直允许|总是允许|否|不|拒绝|取消)(?![\p{L}\p{N}'’_/.-])/iu;
const BEGINS_CHINESE = /^(?:是|好|可以|同意|允许|否|不|拒绝|取消)\p{Script=Han}{0,4}[。！!.]?$/u;
const NUMBERS = /^[#(]?\d[\d\s,，、.)#]{0,9}$/;

/** Whether a text that `readReply` does not read may well be meant as an answer: then it must be asked back. */
export function isUnclear(text: string): boolean {
  const words = text.trim();
  return BEGINS.test(words) || BEGINS_CHINESE.test(words) || NUMBERS.test(words);
}

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
