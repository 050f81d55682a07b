// Chance that repeats: the same seed makes the same choices (mulberry32).

export interface Chance {
  /** 0 ≤ x < 1. */
  next(): number;
  /** One of them, by weight. */
  pick<T>(choices: readonly (readonly [weight: number, choice: T])[]): T;
  between(from: number, to: number): number;
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (from, to) => from + next() * (to - from),
    pick(choices) {
      let left = next() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, choice] of choices) {
        left -= weight;
        if (left < 0) return choice;
      }
      const last = choices.at(-1);
      if (last === undefined) throw new Error("nothing to choose from");
      return last[1];
    },
  };
}
