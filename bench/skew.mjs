// How far apart viewers in real browsers see the film.
import { journey } from './lib/journeys.mjs';

/** "median/p95/p99/max", as the journey writes it. */
function summary(text) {
  const [median, p95, p99, max] = text.split('/').map(Number);
  return { median, p95, p99, max };
}

/** Which of a line's figures is held to what; the rest stands in the note. */
function promisesOf(what) {
  if (/1 % loss/.test(what)) {
    return [{ of: 'media clock median/p95/p99/max ms', name: 'media clock', key: 'p95', most: 50 }];
  }
  return [
    { of: 'media clock median/p95/p99/max ms', name: 'media clock', key: 'median', most: 2 },
    { of: 'media clock median/p95/p99/max ms', name: 'media clock', key: 'p99', most: 10 },
    { of: 'displayed frames', name: 'displayed frames', key: 'p99', most: 17 },
    { of: 'after any', name: 'right after play, pause, seek', key: 'median', most: 5 },
    { of: 'after any', name: 'right after play, pause, seek', key: 'max', most: 40 },
  ];
}

function rowsOf(line) {
  if ('within 20 ms after ms' in line) {
    return [
      {
        what: `a viewer ${line.what}: back within 20 ms`,
        unit: 's',
        ours: line['within 20 ms after ms'] / 1000,
        goal: { of: 'ours', most: 20 },
        note: `${line.jumps} jumps, ${line['rate changes']} rate changes`,
      },
    ];
  }
  return promisesOf(line.what).flatMap(({ of, name, key, most }) => {
    if (!line[of]) return [];
    const value = summary(line[of])[key];
    return [
      {
        what: `${line.what}: ${name}, ${key}`,
        unit: 'ms',
        ours: value,
        goal: { of: 'ours', most },
        note: `median/p95/p99/max ${line[of]}`,
      },
    ];
  });
}

export async function run({ short }) {
  const { lines, complaint } = await journey('skew', { thorough: !short });
  for (const { what, ...figures } of lines) console.error(`    ${what}: ${JSON.stringify(figures)}`);
  const rows = lines.flatMap(rowsOf);
  return complaint ? [...rows, { what: 'not all of it', note: complaint }] : rows;
}
