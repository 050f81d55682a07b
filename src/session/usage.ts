// What a session uses: tokens, money, context and time, of the last turn and of all of them.
import { z } from "zod";
import type { UsageTotals } from "../../state/session-map.ts";
import type { SessionEvent } from "./events.ts";

export interface TurnUsage {
  model?: string;
  durationMs: number;
  /** Absent where the harness does not count them. */
  tokens?: number;
  /** In `currency`; absent where the harness does not reckon it. */
  cost?: number;
  currency?: string;
}

export interface SessionUsage {
  model: string | undefined;
  /** Tokens in the model's context, of how many it takes. */
  context: { used: number; size: number } | undefined;
  last: TurnUsage | undefined;
  total: UsageTotals;
}

type Counted = Extract<SessionEvent, { type: "usage" }>;

export const NO_USAGE: UsageTotals = {
  turns: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  cost: 0,
  currency: "USD",
  workedMs: 0,
};

/** `usage` of the answer to ACP `session/prompt`, which only the newer adapter gives. */
const answered = z.looseObject({
  usage: z.looseObject({
    inputTokens: z.number().default(0),
    outputTokens: z.number().default(0),
    cachedReadTokens: z.number().nullish(),
    cachedWriteTokens: z.number().nullish(),
    totalTokens: z.number().nullish(),
  }),
});

/** `_meta.quota` of the same answer. */
const byModel = z.looseObject({
  _meta: z.looseObject({
    quota: z.looseObject({
      model_usage: z.array(
        z.looseObject({ model: z.string(), token_count: z.looseObject({ totalTokens: z.number() }) }),
      ),
    }),
  }),
});

export class UsageMeter {
  context: { used: number; size: number } | undefined;
  model: string | undefined;
  last: TurnUsage | undefined;
  #unsaved: UsageTotals = NO_USAGE;
  // The harness tells the cost of the session since its process began.
  #told = 0;
  #turn = { since: 0, cost: 0, waited: 0 };
  // Since when somebody is asked something.
  #asked: number | undefined;

  /** What is not yet in the session's record. */
  get unsaved(): UsageTotals {
    return this.#unsaved;
  }

  saved(part: UsageTotals): void {
    this.#unsaved = part === this.#unsaved ? NO_USAGE : plus(this.#unsaved, part, -1);
  }

  /** A harness session ended, and all it used with it. */
  forget(): void {
    this.#unsaved = NO_USAGE;
    this.#told = 0;
    this.last = undefined;
    this.context = undefined;
  }

  /** The harness told something. */
  heard({ used, size, cost, model }: Counted): void {
    this.context = { used, size };
    this.model = model ?? this.model;
    if (!cost) return;
    const more = cost.amount >= this.#told ? cost.amount - this.#told : cost.amount;
    this.#told = cost.amount;
    this.#turn.cost += more;
    this.#unsaved = { ...this.#unsaved, cost: this.#unsaved.cost + more, currency: cost.currency };
  }

  /** A prompt is handed over. */
  begin(): void {
    this.#turn = { since: performance.now(), cost: 0, waited: 0 };
  }

  /** Somebody is asked something: from now on the harness does not work. */
  asked(): void {
    this.#asked ??= performance.now();
  }

  answered(): void {
    if (this.#asked !== undefined)
      this.#turn.waited += performance.now() - Math.max(this.#asked, this.#turn.since);
    this.#asked = undefined;
  }

  /** The prompt was answered: `raw` is the answer. */
  end(raw: unknown): TurnUsage {
    if (this.#asked !== undefined) {
      this.answered();
      this.asked();
    }
    const durationMs = performance.now() - this.#turn.since - this.#turn.waited;
    const { cost } = this.#turn;
    const read = answered.safeParse(raw);
    const counted = read.success ? countOf(read.data.usage) : undefined;
    const { tokens: _, ...sums } = counted ?? { tokens: 0, inputTokens: 0, outputTokens: 0, cachedTokens: 0 };
    this.#unsaved = plus(this.#unsaved, {
      ...NO_USAGE,
      ...sums,
      ...modelsIn(raw),
      turns: 1,
      workedMs: durationMs,
    });
    this.last = {
      durationMs,
      ...(this.model === undefined ? {} : { model: this.model }),
      ...(counted ? { tokens: counted.tokens } : {}),
      ...(cost > 0 ? { cost, currency: this.#unsaved.currency } : {}),
    };
    return this.last;
  }
}

export function plus(a: UsageTotals, b: UsageTotals, sign: 1 | -1 = 1): UsageTotals {
  return {
    turns: a.turns + sign * b.turns,
    inputTokens: a.inputTokens + sign * b.inputTokens,
    outputTokens: a.outputTokens + sign * b.outputTokens,
    cachedTokens: a.cachedTokens + sign * b.cachedTokens,
    cost: a.cost + sign * b.cost,
    currency: sign === 1 && b.cost > 0 ? b.currency : a.currency,
    workedMs: a.workedMs + sign * b.workedMs,
    ...(a.models || b.models ? { models: plusModels(a.models ?? {}, b.models ?? {}, sign) } : {}),
  };
}

function plusModels(a: Record<string, number>, b: Record<string, number>, sign: 1 | -1) {
  const sums = new Map(Object.entries(a));
  for (const [model, tokens] of Object.entries(b)) sums.set(model, (sums.get(model) ?? 0) + sign * tokens);
  return Object.fromEntries([...sums].filter(([, tokens]) => tokens > 0));
}

function modelsIn(raw: unknown): Pick<UsageTotals, "models"> {
  const read = byModel.safeParse(raw);
  if (!read.success) return {};
  const rows = read.data._meta.quota.model_usage;
  return {
    models: Object.fromEntries(rows.map(({ model, token_count }) => [model, token_count.totalTokens])),
  };
}

function countOf(usage: z.infer<typeof answered>["usage"]) {
  const { inputTokens, outputTokens, totalTokens } = usage;
  const cachedTokens = (usage.cachedReadTokens ?? 0) + (usage.cachedWriteTokens ?? 0);
  const tokens = totalTokens ?? inputTokens + outputTokens + cachedTokens;
  return { tokens, inputTokens, outputTokens, cachedTokens };
}
