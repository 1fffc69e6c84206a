/** Waiting: for a condition with a deadline, seldom for time itself. */

/** What takes longer counts as never. How fast it should be, the benches say: machines are busy. */
export const PATIENCE_MS = 60_000;

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Asks again and again; gives the first answer that is neither null, undefined nor false. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  { withinMs = PATIENCE_MS, everyMs = 50 }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() >= deadline) throw new Error(`not within ${String(withinMs)} ms: ${what}`);
    await sleep(everyMs);
  }
}
