/** A room of one seed: a server, and viewers on lines of any quality. */
import type { FakePlayerTraits } from '../../src/player/fake-player';
import type { LineTraits } from './network';
import { SimServer } from './server';
import { SimViewer } from './viewer';
import { World } from './world';

export class Scene {
  readonly world: World;
  readonly server: SimServer;
  readonly viewers: SimViewer[] = [];
  readonly lines: LineTraits[] = [];

  constructor(seed: number) {
    this.world = new World(seed);
    // As the server does: the worst line decides, within limits.
    this.server = new SimServer(this.world, () => {
      const worst = Math.max(0, ...this.lines.map((line) => line.roundTripMs / 2 + line.jitterMs));
      return Math.min(500, Math.max(80, worst * 1.25));
    });
  }

  add(line: LineTraits, player: Partial<FakePlayerTraits> = {}): SimViewer {
    const { world } = this;
    this.lines.push(line);
    const viewer = new SimViewer(world, this.server, {
      name: `viewer-${String(this.viewers.length)}`,
      line,
      clockPpm: world.between(-50, 50),
      mediaPpm: world.between(-50, 50),
      player,
    });
    this.viewers.push(viewer);
    viewer.join();
    return viewer;
  }

  /** Two to six viewers on lines from good to bad. */
  crowd(badness: number): void {
    const size = 2 + Math.floor(this.world.chance() * 5);
    for (let i = 0; i < size; i += 1) this.add(randomLine(this.world, badness));
  }

  /** The largest error of each viewer while that time passes. */
  async worstOver(forMs: number): Promise<readonly number[]> {
    const worst = this.viewers.map(() => 0);
    for (let passed = 0; passed < forMs; passed += 500) {
      await this.world.run(500);
      this.viewers.forEach((viewer, v) => {
        worst[v] = Math.max(worst[v] ?? 0, Math.abs(viewer.errorMs));
      });
    }
    return worst;
  }

  end(): void {
    for (const viewer of this.viewers) viewer.leave();
  }
}

export function randomLine(world: World, badness: number): LineTraits {
  return {
    roundTripMs: 5 + world.chance() * 295 * badness,
    upShare: 0.5,
    jitterMs: world.chance() * 150 * badness,
    loss: world.chance() * 0.05 * badness,
  };
}

/** What a viewer on this line may be off: its clock's error and the dead band. */
export function allowedMs(line: LineTraits): number {
  return 10 + line.jitterMs * 0.2 + line.loss * 200;
}
