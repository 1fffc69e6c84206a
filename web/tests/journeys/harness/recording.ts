/** What the recorder of tests/skew wrote on a person's page since the last time. */
import { expect } from 'vitest';
import type { Recording, SkewWindow } from '../../skew/recorder';
import type { Person } from './person';

export function recordingOf(person: Person): Promise<Recording> {
  return person.page.evaluate(() => (window as unknown as SkewWindow).__skew.take());
}

/** Since the last recording the film of each went on: its clock never stood, no seek was needed. */
export async function expectUndisturbed(people: readonly Person[]): Promise<void> {
  for (const one of people) {
    const { events, clock } = await recordingOf(one);
    const bad = events.filter(([, name]) => ['waiting', 'pause', 'seeking'].includes(name));
    expect(bad, `interruptions for ${one.name}`).toEqual([]);
    expect(clock.length, `${one.name} was watched`).toBeGreaterThan(50);
    expect(
      clock.filter(([, , rate]) => rate === 0),
      `${one.name}'s film stood`,
    ).toEqual([]);
  }
}
