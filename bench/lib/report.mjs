// Figures and how they are shown. A figure: {bench, what, unit, ours, theirs?, ratio?, range?, goal?, note?}
// with goal {of: 'ratio' | 'ours', most?: number, least?: number}.

export function isReached({ goal, ...figure }) {
  if (!goal) return undefined;
  const value = figure[goal.of];
  return (goal.most === undefined || value <= goal.most) && (goal.least === undefined || value >= goal.least);
}

function number(value) {
  if (value === undefined) return '';
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

function goalText({ goal }) {
  if (!goal) return '';
  const bound = goal.most === undefined ? `≥ ${goal.least}` : `≤ ${goal.most}`;
  return goal.of === 'ratio' ? `${bound} ×` : bound;
}

const head = ['figure', 'unit', 'SyncWatch', 'yardstick', 'ratio (range)', 'to reach', 'reached', 'note'];

function row(figure) {
  const range = figure.range ? ` (${figure.range.map(number).join('–')})` : '';
  const reached = isReached(figure);
  return [
    `${figure.bench}: ${figure.what}`,
    figure.unit ?? '',
    number(figure.ours),
    number(figure.theirs),
    figure.ratio === undefined ? '' : number(figure.ratio) + range,
    goalText(figure),
    reached === undefined ? '' : reached ? 'yes' : '**no**',
    figure.note ?? '',
  ].map((cell) => cell.replaceAll('|', '\\|'));
}

/** A Markdown table that is also readable as it is. */
export function table(figures) {
  const rows = [head, ...figures.map(row)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join('\n');
}

/** A whole run in words: where, when, and how quiet it was; what has a goal, then the rest. */
export function written({ at, commit, machine, load, options, figures }) {
  const loads = load.map(({ name, before }) => `${name} ${before.toFixed(1)}`).join(', ');
  const promised = figures.filter(({ goal, unit }) => goal || !unit);
  const others = figures.filter(({ goal, unit }) => !goal && unit);
  return [
    `Measured ${at.slice(0, 16).replace('T', ' ')} UTC at commit ${commit} on ${machine.cores} cores of ${machine.processor}, ` +
      `${machine.memoryGiB} GiB, ${machine.system}${options.short ? '; **short rounds, good for nothing but to try it**' : ''}.`,
    `Load average before each bench (1.0 is one busy core; the benches before it count): ${loads}.`,
    '',
    ...(promised.length > 0 ? [table(promised), ''] : []),
    ...(others.length > 0 ? ['Without a bound, to know:', '', table(others), ''] : []),
  ].join('\n');
}
