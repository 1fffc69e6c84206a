import { describe, expect, it } from 'vitest';
import {
  ago,
  bytes,
  filmTime,
  fromNow,
  languageName,
  milliseconds,
  names,
  percent,
  span,
} from './format';

describe('the time in a film', () => {
  it.each([
    [0, '0:00'],
    [65.9, '1:05'],
    [3600, '1:00:00'],
    [Number.NaN, '0:00'],
    [-3, '0:00'],
  ])('%d s reads %s', (seconds, text) => {
    expect(filmTime(seconds)).toBe(text);
  });

  it('keeps the hours of a long film from its first second', () => {
    expect(filmTime(5, 5400)).toBe('0:00:05');
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1500, '1.5 kB'],
    [999_600, '1 MB'],
    [22_700_000, '23 MB'],
    [1_234_000_000, '1.2 GB'],
  ])('%d reads %s', (count, text) => {
    expect(bytes(count, 'en')).toBe(text);
  });
});

describe('words of time', () => {
  it.each([
    [3, '3 seconds'],
    [42, '45 seconds'],
    [61, '2 minutes'],
    [3599, '1 hour'],
    [7201, '3 hours'],
  ])('%d s left reads %s', (seconds, text) => {
    expect(span(seconds, 'en')).toBe(text);
  });

  it('says how long ago', () => {
    const now = Date.UTC(2025, 10, 24, 12);
    expect(ago(now - 10_000, now, 'en')).toBe('now');
    expect(ago(now - 3 * 60_000, now, 'en')).toBe('3 minutes ago');
    expect(ago(now - 24 * 3_600_000, now, 'en')).toBe('yesterday');
  });
});

it('never says complete before it is', () => {
  expect(percent(0.999, 'en')).toBe('99%');
  expect(percent(1, 'en')).toBe('100%');
});

it('names a crowd by a few', () => {
  const others = (count: number): string => `${String(count)} others`;
  expect(names(['Ada'], 'en', others)).toBe('Ada');
  expect(names(['Ada', 'Bo'], 'en', others)).toBe('Ada and Bo');
  expect(names(['Ada', 'Bo', 'Cy', 'Di'], 'en', others)).toBe('Ada, Bo, and 2 others');
});

it('shows a sign with what is off', () => {
  expect(milliseconds(3.14, 'en')).toBe('+3.1');
  expect(milliseconds(-120.4, 'en')).toBe('-120');
  expect(milliseconds(0.01, 'en')).toBe('0');
});

it('knows languages by name', () => {
  expect(languageName('de', 'en')).toBe('German');
  expect(languageName('und', 'en')).toBeNull();
  expect(languageName('?', 'en')).toBeNull();
});

describe('a time from now', () => {
  it.each([
    [0, 'now'],
    [-20, '20 seconds ago'],
    [-90, '2 minutes ago'],
    [-7200, '2 hours ago'],
    [30, 'in 30 seconds'],
    [2340, 'in 39 minutes'],
    [54_000, 'in 15 hours'],
    [200_000, 'in 2 days'],
  ])('of %d s reads %s', (seconds, text) => {
    expect(fromNow(seconds * 1000, 0, 'en')).toBe(text);
  });
});
