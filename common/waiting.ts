// Waiting with an end: a time that passes, a signal that aborts.

/** False after so many milliseconds; holds up no process that has nothing else to do. */
export function elapsed(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}

/** Resolves when the signal is aborted, or was already. `until` aborts the waiting, which then resolves as well. */
export function whenAborted(signal: AbortSignal, o: { until?: AbortSignal } = {}): Promise<undefined> {
  const { until } = o;
  return new Promise((resolve) => {
    const done = () => resolve(undefined);
    if (signal.aborted || until?.aborted) return done();
    signal.addEventListener("abort", done, { once: true, ...(until ? { signal: until } : {}) });
    until?.addEventListener("abort", done, { once: true });
  });
}

/** What the task resolves to; undefined when the signal aborts first. The task goes on. */
export async function unlessAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([task, whenAborted(signal, { until: over.signal })]);
  } finally {
    over.abort();
  }
}
