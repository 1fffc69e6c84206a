import { describe, expect, it } from 'vitest';
import { findRoomCode, parseRoomCode } from './room-code';
import { routeOf } from './route';

const at = (address: string): unknown => {
  const url = new URL(address, 'http://here');
  return routeOf(url.pathname, url.searchParams);
};

describe('addresses', () => {
  it.each([
    ['/', { page: 'start' }],
    ['/library/', { page: 'library' }],
    ['/room/abcde12345', { page: 'room', code: 'ABCDE-12345' }],
    ['/room/ABCDE-12345', { page: 'room', code: 'ABCDE-12345' }],
    ['/room/short', { page: 'unknown' }],
    ['/room', { page: 'unknown' }],
    ['/room/ABCDE-12345/more', { page: 'unknown' }],
    ['/sign-in?then=/room/ABCDE-12345', { page: 'sign_in', then: '/room/ABCDE-12345' }],
    ['/sign-in?then=https://elsewhere', { page: 'sign_in', then: '/' }],
    ['/sign-in?then=//elsewhere', { page: 'sign_in', then: '/' }],
    ['/sign-in?then=/\\elsewhere', { page: 'sign_in', then: '/' }],
    ['/sign-up?invitation=T', { page: 'sign_up', then: '/', invitation: 'T' }],
    ['/admin/recovery', { page: 'recovery' }],
    ['/admin/more', { page: 'unknown' }],
    ['/nowhere', { page: 'unknown' }],
  ])('%s', (address, route) => {
    expect(at(address)).toEqual(route);
  });
});

describe('codes', () => {
  it.each([
    [' abcde 12345 ', 'ABCDE-12345'],
    ['oil00-oil00', '01100-01100'],
    ['ABCDE-1234U', null],
    ['ABCDE-123456', null],
    ['', null],
  ])('%j means %j', (typed, code) => {
    expect(parseRoomCode(typed)).toBe(code);
  });

  it('are found in links', () => {
    expect(findRoomCode('https://films.example/room/abcde-12345?x#y')).toBe('ABCDE-12345');
    expect(findRoomCode('see you at http://h:8080/room/ABCDE12345 tonight')).toBe('ABCDE-12345');
    expect(findRoomCode('https://films.example/')).toBeNull();
  });
});
