// Many small file operations at once: thousands of them one after the other are mostly waiting.

const AT_ONCE = 16;

/** Runs `task` over `items`, a few at a time, and resolves when all are done; the first failure ends it. */
export async function mapLimit<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const work = async () => {
    for (const item of left) await task(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
