/** axe-core over a page as it stands, dark and light: no violation of any rule is accepted. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import { expect } from 'vitest';
import type { Person } from './person';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Those that the colours decide; the others find the same in the dark and in the light. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

export async function expectAccessible(one: Person, state: string): Promise<void> {
  await one.page.emulateMedia({ colorScheme: 'light' });
  await expectNothingFound(one, `${state}, light`, OF_COLOURS);
  await one.page.emulateMedia({ colorScheme: 'dark' });
  await expectNothingFound(one, `${state}, dark`, null);
}

/** By these rules, or all. */
async function expectNothingFound(
  one: Person,
  state: string,
  rules: string[] | null,
): Promise<void> {
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
  const { violations } = await one.page.evaluate((only) => {
    const { axe } = window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
    return axe.run(only === null ? {} : { runOnly: { type: 'rule', values: only } });
  }, rules);
  const found = violations.map(({ id, help, nodes }) => ({
    rule: `${id}: ${help}`,
    where: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`),
  }));
  expect(found, `axe on ${state}`).toEqual([]);
}
