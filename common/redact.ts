// Redaction: text that came from outside is stripped of what looks like a secret before anybody sees it.
// Every pattern begins at a word of its own and is bounded: a text of any length and kind costs a time in proportion to it.

const SECRETS: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{8,}/g,
  /\b(?:ghp|gho|ghs|ghu|github_pat|glpat|xox[abprs])[-_][A-Za-z0-9_-]{8,}/g,
  /\bAKIA[0-9A-Z]{12,}/g,
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]*/g,
  /(?<!\d)\d{6,}:[A-Za-z0-9_-]{30,}/g,
];
const NAMED =
  /(token|secret|password|passwd|api[_-]?key|access[_-]?key(?:[_-]id)?|private[_-]?key|authorization|cookie)(["']?\s{0,20}[:=]\s{0,20}["']?)(?:Bearer\s{1,20})?[^\s"',;]{4,}/gi;
const OPTION = /(--?(?:password|passwd|token|secret|api-?key)\s{1,20})[^\s"';&|-][^\s"';&|]*/gi;
// The user and password of curl and its like; two numbers are a user and a group.
const USER_OPTION =
  /(\s(?:-u|--user|--proxy-user)(?:\s{1,20}|=)?["']?)(?!\d+:\d+(?:\s|$))[^\s:"'=-][^\s:"']{0,200}:[^\s"']{1,400}/g;
const PASSWORD_OPTION =
  /(\bsshpass\s{1,20}-p\s{0,20}|\bmysql(?:dump|admin)?\s(?:[^\n|;&]{0,20}\s)?-p)(?=\S)[^\s]{1,400}/g;
const USERINFO = /(:\/\/)[^\s/@:"']{0,200}:[^\s/@"']{1,400}@/g;
const BEARER = /\bBearer\s{1,20}[A-Za-z0-9._~+/-]{8,}=*/g;

/** The same text with everything that looks like a credential replaced by `[redacted]`. */
export function redact(text: string): string {
  const named = text
    .replace(NAMED, "$1$2[redacted]")
    .replace(OPTION, "$1[redacted]")
    .replace(USER_OPTION, "$1[redacted]")
    .replace(PASSWORD_OPTION, "$1[redacted]")
    .replace(USERINFO, "$1[redacted]@")
    .replace(BEARER, "Bearer [redacted]");
  return SECRETS.reduce((rest, secret) => rest.replace(secret, "[redacted]"), named);
}

// `inputTokens` is none.
const SECRET_KEY =
  /(?:token|secret|password|passwd|api[_-]?key|access[_-]?key|private[_-]?key|authorization|cookie|credentials?)$/i;

/** The same for a value of JSON: every text in it and every key, and what stands under a key that is called a secret. */
export function redactJson(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map(redactJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      redact(key),
      typeof one === "string" && SECRET_KEY.test(key) ? "[redacted]" : redactJson(one),
    ]),
  );
}
