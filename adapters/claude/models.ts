// Which of Claude's models a user means.
import { Failure } from "../../common/failure.ts";
import type { OpenedSession } from "../harness.ts";

const PROVIDER = /^(?:[a-z0-9][a-z0-9._-]*\/)+/i;

/**
 * The value of the model option that `name` means: the value itself, with or without a provider before it
 * (`anthropic/sonnet`), its shown name, or a full model name of that family (`claude-sonnet-5-5` → `sonnet`).
 * Throws Failure `unknown-model` with the list of known ones.
 */
export function modelOf(session: OpenedSession, name: string): string {
  const known = session.configOptions.find((option) => option.id === "model")?.options ?? [];
  const wanted = name.trim().replace(PROVIDER, "").toLowerCase();
  const exact = known.find(({ value, name: shown }) =>
    [value, shown].some((text) => text?.toLowerCase() === wanted),
  );
  if (exact) return exact.value;
  const family = /^claude-(?:\d[\d.-]*-)?([a-z]+)/.exec(wanted)?.[1];
  const kin = known.find(({ value }) => value.toLowerCase() === family);
  if (kin) return kin.value;
  throw new Failure({
    code: "unknown-model",
    message: `Claude has no model "${name}" (it knows: ${known.map(({ value }) => value).join(", ") || "none"}).`,
    next: { lead: "Choose one of these with", run: "model", args: "NAME" },
  });
}
