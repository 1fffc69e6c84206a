import { describe, expect, it } from 'vitest';
import { read } from '../protocol';
import { Http, inside, nothing, retryAfter } from './http';

function answering(response: Response | Error): Http {
  return new Http(() =>
    response instanceof Error ? Promise.reject(response) : Promise.resolve(response),
  );
}

function problem(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

describe('a call', () => {
  it('reads the noun that it asked for', async () => {
    const http = answering(new Response('{"room":{"code":"A"},"code":"A"}'));
    const read_ = inside('room', read.object({ code: read.text }));
    expect(await http.call({ path: 'rooms/A', read: read_ })).toEqual({
      ok: true,
      value: { code: 'A' },
    });
  });

  it('gives the words of a problem document', async () => {
    const body = {
      code: 'invalid',
      detail: 'Look at the fields.',
      errors: [{ field: 'username', message: 'is too short' }],
    };
    const answer = await answering(problem(422, body)).call({ path: 'x', read: nothing });
    expect(answer).toMatchObject({
      ok: false,
      problem: { status: 422, code: 'invalid', fields: [{ field: 'username' }] },
    });
  });

  it('says how long to wait and what is down', async () => {
    const body = { code: 'unavailable', component: 'database' };
    const response = problem(503, body, { 'Retry-After': '7' });
    const answer = await answering(response).call({ path: 'x', read: nothing });
    expect(answer).toMatchObject({
      problem: { code: 'unavailable', component: 'database', retryAfterSeconds: 7 },
    });
  });

  it('has a word for a refusal that is no problem document', async () => {
    const answer = await answering(new Response('<html>', { status: 502 })).call({
      path: 'x',
      read: nothing,
    });
    expect(answer).toMatchObject({ problem: { status: 502, code: 'unavailable' } });
  });

  it('never throws when there is no network', async () => {
    const answer = await answering(new TypeError('failed')).call({ path: 'x', read: nothing });
    expect(answer).toMatchObject({ problem: { status: 0, code: 'network' } });
  });

  it('tells an abort of ours from a failure', async () => {
    const stop = new AbortController();
    stop.abort();
    const answer = await answering(new DOMException('', 'AbortError')).call({
      path: 'x',
      read: nothing,
      signal: stop.signal,
    });
    expect(answer).toMatchObject({ problem: { code: 'aborted' } });
  });

  it('refuses an answer that it cannot read', async () => {
    const answer = await answering(new Response('{"room":7}')).call({
      path: 'x',
      read: inside('room', read.object({ code: read.text })),
    });
    expect(answer).toMatchObject({ problem: { code: 'unreadable' } });
  });
});

it.each([
  ['7', 7],
  [null, null],
  ['Wed, 21 Oct 2015 07:28:00 GMT', null],
])('Retry-After %j asks for %j', (header, seconds) => {
  expect(retryAfter(header)).toBe(seconds);
});
