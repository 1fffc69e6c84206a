// From the last byte of a 1080p upload to the first frame on somebody's screen.
import { journey } from './lib/journeys.mjs';
import { median } from './lib/stats.mjs';

export async function run({ short }) {
  const { lines, complaint } = await journey('first-frame', { thorough: !short });
  const took = lines.map(({ ms }) => ms / 1000);
  return [
    {
      what: 'last byte to first frame, 1080p',
      unit: 's',
      ours: median(took),
      goal: { of: 'ours', most: 4 },
      note: complaint ?? `${took.length} uploads, the slowest ${Math.max(...took).toFixed(1)}`,
    },
  ];
}
