/** The library: films, from the first byte of their upload on. */
import { read } from '../protocol';
import { inside, nothing, type Answer, type Http } from './http';
import { video, type Video } from './shapes';

export interface SubtitleWish {
  readonly file: File;
  readonly language: string;
  readonly title: string;
}

/** Converting a long subtitle file takes a moment. */
const SUBTITLES_DEADLINE_MS = 30_000;

export class Videos {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  list(signal?: AbortSignal): Promise<Answer<readonly Video[]>> {
    return this.#http.call({
      path: 'videos',
      read: inside('videos', read.list(video)),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  get(id: string): Promise<Answer<Video>> {
    return this.#http.call({ path: `videos/${id}`, read: inside('video', video) });
  }

  rename(id: string, title: string): Promise<Answer<Video>> {
    return this.#http.call({
      method: 'PATCH',
      path: `videos/${id}`,
      json: { title },
      read: inside('video', video),
    });
  }

  remove(id: string): Promise<Answer<void>> {
    return this.#http.call({ method: 'DELETE', path: `videos/${id}`, read: nothing });
  }

  retry(id: string): Promise<Answer<void>> {
    return this.#http.call({ method: 'POST', path: `videos/${id}/retry`, json: {}, read: nothing });
  }

  cancel(id: string): Promise<Answer<void>> {
    return this.#http.call({
      method: 'POST',
      path: `videos/${id}/cancel`,
      json: {},
      read: nothing,
    });
  }

  addSubtitles(id: string, { file, language, title }: SubtitleWish): Promise<Answer<void>> {
    const query = new URLSearchParams({ filename: file.name });
    if (language !== '') query.set('language', language);
    if (title !== '') query.set('title', title);
    return this.#http.call({
      method: 'POST',
      path: `videos/${id}/subtitles?${query.toString()}`,
      raw: file,
      read: nothing,
      deadlineMs: SUBTITLES_DEADLINE_MS,
    });
  }

  removeSubtitles(id: string, subtitles: string): Promise<Answer<void>> {
    return this.#http.call({
      method: 'DELETE',
      path: `videos/${id}/subtitles/${subtitles}`,
      read: nothing,
    });
  }
}
