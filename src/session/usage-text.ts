// Usage in words: a line under a turn, and a few for whoever asks.
import type { SessionUsage, TurnUsage } from "./usage.ts";

/** For example `sonnet-5-5 · 12 s · 3.1k tokens · $0.02`; what the harness does not tell is left out. */
export function footerText(usage: TurnUsage): string {
  const { model, durationMs, tokens, cost, currency } = usage;
  return line([
    model === undefined ? undefined : modelName(model),
    duration(durationMs),
    tokens === undefined ? undefined : `${count(tokens)} tokens`,
    money(cost, currency),
  ]);
}

/** A line each for the context, the last turn and the session so far. */
export function usageText({ model, context, last, total }: SessionUsage): string {
  if (total.turns === 0 && !context && !last) return "Nothing has been used here yet.";
  const tokens = total.inputTokens + total.outputTokens + total.cachedTokens;
  const lines = [
    model === undefined ? undefined : `Model: ${modelName(model)}`,
    context && `Context: ${count(context.used)} of ${count(context.size)} tokens (${percent(context)})`,
    last && `Last turn: ${footerText(last)}`,
    `Session: ${line([
      `${total.turns} ${total.turns === 1 ? "turn" : "turns"}`,
      duration(total.workedMs),
      tokens === 0
        ? undefined
        : `${count(tokens)} tokens (${count(total.inputTokens)} in, ${count(total.outputTokens)} out, ${count(total.cachedTokens)} cached)`,
      money(total.cost, total.currency),
    ])}`,
  ];
  return [...lines.filter((one) => one !== undefined), ...modelLines(total.models ?? {})].join("\n");
}

// Of one model alone all of it is said above.
function modelLines(models: Readonly<Record<string, number>>): string[] {
  const used = Object.entries(models).sort(([, a], [, b]) => b - a);
  if (used.length < 2) return [];
  return [`By model: ${used.map(([model, tokens]) => `${modelName(model)} ${count(tokens)}`).join(", ")}`];
}

function line(parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(" · ");
}

function modelName(id: string): string {
  return id.replace(/^(?:anthropic\/)?claude-/, "").replace(/-\d{8}$/, "");
}

function count(tokens: number): string {
  if (tokens < 1_000) return String(Math.round(tokens));
  if (tokens < 999_500) return `${trimmed(tokens / 1_000)}k`;
  return `${trimmed(tokens / 1_000_000)}M`;
}

function trimmed(value: number): string {
  return value < 99.95 ? value.toFixed(1).replace(/\.0$/, "") : String(Math.round(value));
}

function percent({ used, size }: { used: number; size: number }): string {
  return size > 0 ? `${Math.round((100 * used) / size)} %` : "?";
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${Math.max(1, seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${trimmed(minutes / 60)} h`;
}

function money(cost: number | undefined, currency = "USD"): string | undefined {
  if (cost === undefined || cost <= 0) return undefined;
  const sign = currency === "USD" ? "$" : `${currency} `;
  return cost < 0.01 ? `<${sign}0.01` : `${sign}${cost.toFixed(2)}`;
}
