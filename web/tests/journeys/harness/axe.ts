/** axe-core over a page as it stands: no violation of any rule is accepted. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { expect } from 'vitest';
import type { Person } from './person';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function expectAccessible(one: Person, state: string): Promise<void> {
  // Half faded in, everything lacks contrast.
  await one.page.evaluate(async () => {
    const running = document.getAnimations().filter((each) => {
      const { endTime } = each.effect?.getComputedTiming() ?? {};
      return typeof endTime === 'number' && Number.isFinite(endTime);
    });
    await Promise.allSettled(running.map((each) => each.finished));
  });
  // Evaluated by the browser's inspector: no script is added, so the policy has nothing to say.
  await one.page.evaluate(source);
  const { violations } = await one.page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  const found = violations.map(({ id, help, nodes }) => ({
    rule: `${id}: ${help}`,
    where: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`),
  }));
  expect(found, `axe on ${state}`).toEqual([]);
}
