/** Wakes up exactly when something is due. The earliest wish counts; whoever wakes wishes anew. */
import type { RoomPorts } from './room-ports';

export class Alarm {
  readonly #ports: Pick<RoomPorts, 'nowMs' | 'after'>;
  readonly #ring: () => void;
  #set: { readonly atMs: number; readonly cancel: () => void } | null = null;

  constructor(ports: Pick<RoomPorts, 'nowMs' | 'after'>, ring: () => void) {
    this.#ports = ports;
    this.#ring = ring;
  }

  at(atMs: number): void {
    if (this.#set !== null && this.#set.atMs <= atMs) return;
    this.#set?.cancel();
    const cancel = this.#ports.after(Math.max(0, atMs - this.#ports.nowMs()), () => {
      this.#set = null;
      this.#ring();
    });
    this.#set = { atMs, cancel };
  }

  cancel(): void {
    this.#set?.cancel();
    this.#set = null;
  }
}
