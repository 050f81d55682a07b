// Redaction: text that came from outside is stripped of what looks like a secret before anybody sees it.

const SECRETS: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{8,}/g,
  /\b(?:ghp|gho|ghs|ghu|github_pat|glpat|xox[abprs])[-_][A-Za-z0-9_-]{8,}/g,
  /\bAKIA[0-9A-Z]{12,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /(?<!\d)\d{6,}:[A-Za-z0-9_-]{30,}/g,
];
const NAMED =
  /\b([A-Za-z0-9_-]*(?:token|secret|password|passwd|api[_-]?key|access[_-]?key(?:[_-]id)?|private[_-]?key|authorization|cookie))(["']?\s*[:=]\s*["']?)(?:Bearer\s+)?[^\s"',;]{4,}/gi;
const OPTION = /(--?(?:password|passwd|token|secret|api-?key)\s+)[^\s"';&|-][^\s"';&|]*/gi;
const USERINFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:"']*:[^\s/@"']+@/gi;
const BEARER = /\bBearer\s+[A-Za-z0-9._~+/-]{8,}=*/g;

/** The same text with everything that looks like a credential replaced by `[redacted]`. */
export function redact(text: string): string {
  const named = text
    .replace(NAMED, "$1$2[redacted]")
    .replace(OPTION, "$1[redacted]")
    .replace(USERINFO, "$1[redacted]@")
    .replace(BEARER, "Bearer [redacted]");
  return SECRETS.reduce((rest, secret) => rest.replace(secret, "[redacted]"), named);
}
