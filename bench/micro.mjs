// What runs once per message or frame, by google-benchmark: no goals, they guide decisions.
import { succeed } from './lib/child.mjs';
import { loadCore, pinned } from './lib/cores.mjs';
import { program } from './lib/paths.mjs';

export async function run({ seconds = 0.1 }) {
  const flags = ['--benchmark_format=json', `--benchmark_min_time=${seconds}`];
  const { out } = await succeed(pinned(loadCore, [program('bench.micro'), ...flags]));
  return JSON.parse(out).benchmarks.map(({ name, cpu_time: ours, time_unit: unit }) => ({
    what: name,
    unit: `${unit} of CPU`,
    ours,
  }));
}
