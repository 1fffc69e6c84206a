/** Sends one file so that it can be paused, broken off and resumed (tus 1.0.0). */

export interface UploadWish {
  readonly file: File;
  /** Code of the room into whose queue the film goes. */
  readonly room: string | null;
  /** The upload that this file goes on with; null begins one, or finds its own from before. */
  readonly uploadId: string | null;
}

export interface UploadEvents {
  /** The server knows the film: it can be shown while it comes. */
  begun(uploadId: string, videoId: string | null): void;
  progress(sentBytes: number): void;
  /** The line or the server is away; it goes on by itself. */
  interrupted(): void;
  done(): void;
  /** A stable word of the server. */
  failed(code: string): void;
}

export interface UploadSender {
  /** What was sent stays on the server. */
  pause(): void;
  /** What was sent is deleted. */
  cancel(): Promise<void>;
}

export type SendUpload = (wish: UploadWish, events: UploadEvents) => UploadSender;

const ENDPOINT = '/api/v1/uploads';
/** Small enough that a cut line loses little, large enough that asking costs nothing. */
const CHUNK_BYTES = 32 * 1024 * 1024;
const FIRST_DELAYS_MS = [300, 700, 1500, 3000, 6000];
const LATER_DELAY_MS = 10_000;
/** Two hours without a server: then a person is asked. */
const LATER_TRIES = 720;

const CODES: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  410: 'not_found',
  413: 'too_large',
  422: 'invalid',
  429: 'too_many_requests',
  507: 'disk_full',
};

function mayHelp(status: number): boolean {
  return (
    status === 0 ||
    status === 408 ||
    status === 409 ||
    status === 423 ||
    status === 429 ||
    (status >= 500 && status !== 507)
  );
}

function codeOf(status: number, body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed) {
      if (typeof parsed.code === 'string') return parsed.code;
    }
  } catch {
    // No problem document: the status says enough.
  }
  return CODES[status] ?? (status === 0 ? 'network' : 'unknown');
}

function idOf(url: string): string {
  return url.split(/[?#]/)[0]?.split('/').pop() ?? '';
}

export const sendUpload: SendUpload = ({ file, room, uploadId }, events) => {
  let over = false;
  let video: string | null = null;
  // Fetched when it is needed: most visits upload nothing.
  const upload = import('tus-js-client').then(async ({ Upload, DetailedError }) => {
    const statusOf = (fault: unknown): number =>
      fault instanceof DetailedError ? (fault.originalResponse?.getStatus() ?? 0) : 0;
    const made = new Upload(file, {
      endpoint: ENDPOINT,
      uploadUrl: uploadId === null ? null : `${ENDPOINT}/${uploadId}`,
      chunkSize: CHUNK_BYTES,
      retryDelays: [
        ...FIRST_DELAYS_MS,
        ...Array.from({ length: LATER_TRIES }, () => LATER_DELAY_MS),
      ],
      metadata: { filename: file.name, ...(room === null ? {} : { room }) },
      removeFingerprintOnSuccess: true,
      onAfterResponse: (_request, response) => {
        video = response.getHeader('SyncWatch-Video') ?? video;
      },
      onUploadUrlAvailable: () => {
        if (!over && made.url !== null) events.begun(idOf(made.url), video);
      },
      onProgress: (sent) => {
        if (!over) events.progress(sent);
      },
      onShouldRetry: (fault) => {
        const again = mayHelp(statusOf(fault));
        if (again && !over) events.interrupted();
        return again;
      },
      onSuccess: () => {
        over = true;
        events.done();
      },
      onError: (fault) => {
        if (over) return;
        over = true;
        const body = fault instanceof DetailedError ? fault.originalResponse?.getBody() : '';
        events.failed(codeOf(statusOf(fault), body ?? ''));
      },
    });
    if (uploadId === null) {
      const [before] = await made.findPreviousUploads();
      if (before !== undefined) made.resumeFromPreviousUpload(before);
    }
    // It was paused while this was fetched.
    if (!over) made.start();
    return made;
  });
  upload.catch(() => {
    if (!over) events.failed('network');
    over = true;
  });
  return {
    pause: () => {
      over = true;
      void upload.then((made) => made.abort(false)).catch(() => undefined);
    },
    cancel: async () => {
      over = true;
      try {
        await (await upload).abort(true);
      } catch {
        // It was gone already, or expires by itself.
      }
    },
  };
};
