import { expect, it } from 'vitest';
import { usernameOf } from './username';

it.each([
  ['ada', 'ada'],
  ['Ada', 'Ada'],
  [' Ada Lovelace ', 'ada-lovelace'],
  ['Zoë Müller', 'zoe-muller'],
  ['Søren Æbelø', 'soren-aebelo'],
  ['Bo', 'Bo'],
  ['小明', '小明'],
])('%j signs in as %j', (typed, name) => {
  expect(usernameOf(typed)).toBe(name);
});
