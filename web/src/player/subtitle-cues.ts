/** Subtitle lines and which of them to show. Pure, apart from reading a cue's markup. */

export interface Cue {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
}

/** WebVTT markup and entities out, line breaks kept. */
export function plainText(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&nbsp;/g, '\u00a0')
    .replace(/&(?:lrm|rlm);/g, '')
    .replace(/&amp;/g, '&')
    .trim();
}

/** The lines of one track, in order, each once. */
export class CueStore {
  #cues: Cue[] = [];
  readonly #known = new Set<string>();

  add(cues: readonly Cue[]): void {
    for (const cue of cues) {
      const key = `${cue.startSeconds.toFixed(3)} ${cue.endSeconds.toFixed(3)} ${cue.text}`;
      if (cue.text === '' || this.#known.has(key)) continue;
      this.#known.add(key);
      this.#cues.push(cue);
    }
    this.#cues.sort((a, b) => a.startSeconds - b.startSeconds);
  }

  /** What to show at a place in the film; `offsetSeconds` above zero shows everything later. */
  at(positionSeconds: number, offsetSeconds: number): readonly string[] {
    const seconds = positionSeconds - offsetSeconds;
    const lines: string[] = [];
    for (const cue of this.#cues) {
      if (cue.startSeconds > seconds) break;
      if (seconds < cue.endSeconds) lines.push(cue.text);
    }
    return lines;
  }
}
