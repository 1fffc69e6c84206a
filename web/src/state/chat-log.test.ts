import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../protocol';
import { lastKnownId, mergeMessages, withAnswer, withOwn } from './chat-log';
import type { ChatEntry } from './room-types';

const ME = 'me';

function message(id: string, change: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id,
    by: 'bo',
    name: 'Bo',
    text: `text ${id}`,
    reply_to: null,
    position: null,
    sent_at: Number(id.slice(1)) * 1_000_000,
    ...change,
  };
}

function own(key: string, text: string): ChatEntry {
  return {
    key,
    id: null,
    by: ME,
    name: 'Me',
    own: true,
    text,
    replyTo: null,
    positionSeconds: null,
    sentAtMs: 0,
    status: 'pending',
    failure: null,
  };
}

const shown = (entries: readonly ChatEntry[]) => entries.map(({ key, status }) => [key, status]);

describe('the chat log', () => {
  it('merges by id, whatever comes twice or in whatever order', () => {
    const once = mergeMessages([], [message('m2'), message('m1')], ME);
    const twice = mergeMessages(once, [message('m2'), message('m3')], ME);
    expect(twice.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3']);
    expect(mergeMessages(twice, [message('m1')], ME)).toBe(twice);
  });

  it('shows an own line as pending at the end until its broadcast takes its place', () => {
    let log = withOwn(mergeMessages([], [message('m1')], ME), own('own-1', 'hi'));
    log = mergeMessages(log, [message('m2')], ME);
    expect(shown(log)).toEqual([
      ['m1', 'sent'],
      ['m2', 'sent'],
      ['own-1', 'pending'],
    ]);
    log = mergeMessages(log, [message('m3', { by: ME, text: 'hi' })], ME);
    log = withAnswer(log, 'own-1', { status: 'sent' });
    expect(shown(log).at(-1)).toEqual(['own-1', 'sent']);
    expect(log).toHaveLength(3);
  });

  it('knows two own lines with the same words apart', () => {
    let log = withOwn(withOwn([], own('own-1', 'ha')), own('own-2', 'ha'));
    log = mergeMessages(log, [message('m1', { by: ME, text: 'ha' })], ME);
    expect(log.map(({ key, id }) => [key, id])).toEqual([
      ['own-1', 'm1'],
      ['own-2', null],
    ]);
    log = mergeMessages(log, [message('m2', { by: ME, text: 'ha' })], ME);
    expect(log.map(({ id }) => id)).toEqual(['m1', 'm2']);
  });

  it('does not take somebody else’s same words for ours', () => {
    const log = mergeMessages(withOwn([], own('own-1', 'ha')), [message('m1', { text: 'ha' })], ME);
    expect(shown(log)).toEqual([
      ['m1', 'sent'],
      ['own-1', 'pending'],
    ]);
  });

  it('keeps a refused line with the reason', () => {
    const log = withAnswer(withOwn([], own('own-1', 'hi')), 'own-1', {
      status: 'failed',
      failure: 'too_many_requests',
    });
    expect(log[0]).toMatchObject({ status: 'failed', failure: 'too_many_requests' });
  });

  it('is not doubled when the ack names a message that is already there', () => {
    let log = mergeMessages([], [message('m1', { by: ME, text: 'other form' })], ME);
    log = withOwn(log, own('own-1', 'hi'));
    log = withAnswer(log, 'own-1', { status: 'sent', id: 'm1' });
    expect(log.map(({ id }) => id)).toEqual(['m1']);
  });

  it('resumes after the newest line that the server gave', () => {
    const log = withOwn(mergeMessages([], [message('m1'), message('m2')], ME), own('own-1', 'hi'));
    expect(lastKnownId(log)).toBe('m2');
    expect(lastKnownId([])).toBeUndefined();
  });
});
