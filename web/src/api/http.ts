/** One call of the HTTP API. Never throws: what went wrong is a value. */
import { read } from '../protocol';

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** Why a call did not do what it should: RFC 9457 as the server sends it, or what we saw. */
export interface Problem {
  /** 0 when there was no answer. */
  readonly status: number;
  /** A stable word of the server, or `network`, `timeout`, `aborted`, `unreadable`. */
  readonly code: string;
  readonly detail: string;
  readonly fields: readonly FieldProblem[];
  readonly retryAfterSeconds: number | null;
  readonly component: string | null;
}

export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export interface Call<T> {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** Sent as it is, instead. */
  readonly raw?: Blob;
  readonly read: (body: unknown) => T;
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  /** A status of failure whose body says as much as one of success. */
  readonly tolerated?: number;
}

/** The server answers or refuses within ten seconds; the way there and back comes on top. */
const DEADLINE_MS = 15_000;

const fieldProblem = read.object<FieldProblem>({ field: read.text, message: read.text });
const problemBody = read.object({
  code: read.text,
  detail: read.orElse(read.text, ''),
  errors: read.orElse(read.list(fieldProblem), []),
  component: read.orNull(read.text),
});

export function problemOf(code: string, status = 0): Problem {
  return { status, code, detail: '', fields: [], retryAfterSeconds: null, component: null };
}

/** The seconds that `Retry-After` asks for; null if it asks for nothing that we understand. */
export function retryAfter(header: string | null): number | null {
  if (header === null || !/^\d+$/.test(header.trim())) return null;
  return Number(header);
}

async function refused(response: Response): Promise<Problem> {
  const usual = problemOf(response.status >= 500 ? 'unavailable' : 'unknown', response.status);
  const retryAfterSeconds = retryAfter(response.headers.get('Retry-After'));
  try {
    const body = problemBody(await response.json(), '');
    const { code, detail, errors, component } = body;
    return { status: response.status, code, detail, fields: errors, retryAfterSeconds, component };
  } catch {
    return { ...usual, retryAfterSeconds };
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  return response.json();
}

export class Http {
  readonly #fetch: typeof fetch;

  constructor(fetcher: typeof fetch = (input, init) => fetch(input, init)) {
    this.#fetch = fetcher;
  }

  async call<T>(call: Call<T>): Promise<Answer<T>> {
    const deadline = AbortSignal.timeout(call.deadlineMs ?? DEADLINE_MS);
    const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal]);
    let response: Response;
    let body: unknown;
    try {
      response = await this.#fetch(call.path.startsWith('/') ? call.path : `/api/v1/${call.path}`, {
        method: call.method ?? 'GET',
        credentials: 'same-origin',
        cache: 'no-store',
        signal,
        ...(call.json === undefined
          ? {}
          : {
              body: JSON.stringify(call.json),
              headers: { 'Content-Type': 'application/json' },
            }),
        ...(call.raw === undefined
          ? {}
          : { body: call.raw, headers: { 'Content-Type': 'application/octet-stream' } }),
      });
      if (!response.ok && response.status !== call.tolerated) {
        return { ok: false, problem: await refused(response) };
      }
      body = await bodyOf(response);
    } catch (fault) {
      if (call.signal?.aborted === true) return { ok: false, problem: problemOf('aborted') };
      if (deadline.aborted) return { ok: false, problem: problemOf('timeout') };
      const unreadable = fault instanceof SyntaxError;
      return { ok: false, problem: problemOf(unreadable ? 'unreadable' : 'network') };
    }
    try {
      return { ok: true, value: call.read(body) };
    } catch {
      return { ok: false, problem: problemOf('unreadable', response.status) };
    }
  }
}

/** For calls whose answer says nothing more. */
export function nothing(): void {
  // Read and dropped.
}

/** A field of an answer. */
export function inside<T>(noun: string, reader: read.Reader<T>): (body: unknown) => T {
  return (body) => {
    const outer = read.object<Readonly<Record<string, T>>>({ [noun]: reader })(body, '');
    return outer[noun] as T;
  };
}
