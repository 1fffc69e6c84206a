/** Languages to choose from, and the one that a file's name tells. Pure. */

export const SUBTITLE_LANGUAGES = [
  'ar',
  'bg',
  'bn',
  'ca',
  'cs',
  'da',
  'de',
  'el',
  'en',
  'es',
  'et',
  'fa',
  'fi',
  'fr',
  'he',
  'hi',
  'hr',
  'hu',
  'id',
  'is',
  'it',
  'ja',
  'ko',
  'lt',
  'lv',
  'ms',
  'nl',
  'no',
  'pl',
  'pt',
  'pt-BR',
  'ro',
  'ru',
  'sk',
  'sl',
  'sq',
  'sr',
  'sv',
  'ta',
  'te',
  'th',
  'tr',
  'uk',
  'vi',
  'zh-Hans',
  'zh-Hant',
] as const;

/** Three letters as discs and films have them. */
const LONG: Readonly<Record<string, string>> = {
  ara: 'ar',
  ces: 'cs',
  cze: 'cs',
  chi: 'zh-Hans',
  zho: 'zh-Hans',
  dan: 'da',
  deu: 'de',
  ger: 'de',
  dut: 'nl',
  nld: 'nl',
  ell: 'el',
  gre: 'el',
  eng: 'en',
  fin: 'fi',
  fra: 'fr',
  fre: 'fr',
  heb: 'he',
  hin: 'hi',
  hrv: 'hr',
  hun: 'hu',
  ind: 'id',
  ita: 'it',
  jpn: 'ja',
  kor: 'ko',
  nor: 'no',
  pol: 'pl',
  por: 'pt',
  ron: 'ro',
  rum: 'ro',
  rus: 'ru',
  spa: 'es',
  swe: 'sv',
  tha: 'th',
  tur: 'tr',
  ukr: 'uk',
  vie: 'vi',
};

/** "Film.en.srt", "film_deu.forced.vtt" → the code; null if the name tells none. */
export function languageInName(fileName: string): string | null {
  const words = fileName
    .toLowerCase()
    .split(/[._\s()[\]-]+/)
    .slice(1, -1)
    .reverse();
  for (const word of words) {
    const short = SUBTITLE_LANGUAGES.find((code) => code === word);
    const found = short ?? LONG[word];
    if (found !== undefined) return found;
  }
  return null;
}
