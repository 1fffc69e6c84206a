import { expect, it } from 'vitest';
import { languageInName } from './subtitle-languages';

it.each([
  ['Film.en.srt', 'en'],
  ['Film_deu.forced.vtt', 'de'],
  ['The Big Film (2019) [fre].ass', 'fr'],
  ['film.srt', null],
  ['de.srt', null],
  ['It.srt', null],
])('%j tells %j', (name, code) => {
  expect(languageInName(name)).toBe(code);
});
