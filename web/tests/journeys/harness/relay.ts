/** The fault relay of tests/relay, as a bad network for one person. */
import { Child } from './child';
import { FAULT_RELAY } from './paths';
import { until } from './until';

export interface Conditions {
  readonly delay_ms?: number;
  readonly jitter_ms?: number;
  /** Of each packet, 0 to 1. */
  readonly loss?: number;
  readonly pause_ms?: number;
  readonly bytes_per_second?: number;
  readonly direction?: 'up' | 'down' | 'both';
}

interface Answer {
  readonly id: number;
  readonly ok: boolean;
  readonly error?: string;
}

export class Relay {
  readonly #child: Child;
  readonly #answers = new Map<number, Answer>();
  #asked = 0;
  url = '';

  constructor(targetPort: number, logFile: string, seed = 1) {
    this.#child = new Child(
      FAULT_RELAY,
      ['--target', `127.0.0.1:${String(targetPort)}`, '--seed', String(seed)],
      logFile,
    );
  }

  async start(): Promise<void> {
    const said = await this.#child.line(/"port":(\d+)/);
    this.url = `http://127.0.0.1:${said[1] ?? ''}`;
    this.#child.onLine((line) => {
      const answer = JSON.parse(line) as Answer;
      this.#answers.set(answer.id, answer);
    });
  }

  set(conditions: Conditions): Promise<void> {
    return this.#tell({ do: 'set', ...conditions });
  }

  /** As on a good day again. */
  clear(): Promise<void> {
    return this.set({ delay_ms: 0, jitter_ms: 0, loss: 0, bytes_per_second: 0 });
  }

  cut(how: 'reset' | 'silent'): Promise<void> {
    return this.#tell({ do: 'cut', how });
  }

  halfOpen(): Promise<void> {
    return this.#tell({ do: 'half_open' });
  }

  heal(): Promise<void> {
    return this.#tell({ do: 'heal' });
  }

  async end(): Promise<void> {
    await this.#child.end('SIGTERM');
  }

  async #tell(command: object): Promise<void> {
    this.#asked += 1;
    const id = this.#asked;
    this.#child.write(`${JSON.stringify({ id, ...command })}\n`);
    const answer = await until('an answer of the relay', () => this.#answers.get(id), {
      everyMs: 2,
    });
    this.#answers.delete(id);
    if (!answer.ok) throw new Error(`the relay: ${answer.error ?? ''}`);
  }
}
