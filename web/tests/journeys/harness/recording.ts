/** What the recorder of tests/skew wrote on a person's page since the last time. */
import type { Recording, SkewWindow } from '../../skew/recorder';
import type { Person } from './person';

export function recordingOf(person: Person): Promise<Recording> {
  return person.page.evaluate(() => (window as unknown as SkewWindow).__skew.take());
}
