/**
 * The months as glibc's locales abbreviate them, from January on. Left out is what means another month elsewhere: Croatian,
 * whose `lip` and `lis` are Polish for July and November.
 */
const LOCALES = [
  'jan feb mar apr may jun jul aug sep oct nov dec',
  // German, Austria's too.
  'jan feb mär apr mai jun jul aug sep okt nov dez',
  'jän feb mrz apr mai jun jul aug sept okt nov dez',
  'janv févr mars avr mai juin juil août sept oct nov déc',
  'ene feb mar abr may jun jul ago sep oct nov dic',
  'gen feb mar apr mag giu lug ago set ott nov dic',
  'jan fev mar abr mai jun jul ago set out nov dez',
  // Catalan.
  'gen febr març abr maig juny jul ag set oct nov des',
  'jan feb mrt apr mei jun jul aug sep okt nov dec',
  'sty lut mar kwi maj cze lip sie wrz paź lis gru',
  'led úno bře dub kvě čen čec srp zář říj lis pro',
  'jan feb mar apr máj jún júl aug sep okt nov dec',
  'jan febr márc ápr máj jún júl aug szept okt nov dec',
  'ian feb mar apr mai iun iul aug sep oct noi dec',
  'jan feb mar apr maj jun jul aug sep okt nov dec',
  'jan feb mar apr mai juni juli aug sep okt nov des',
  'tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu',
  'jaan veebr märts apr mai juuni juuli aug sept okt nov dets',
  'oca şub mar nis may haz tem ağu eyl eki kas ara',
  'янв фев мар апр мая июн июл авг сен окт ноя дек',
  'янв февр марта апр май июня июля авг сент окт нояб дек',
  'січ лют бер кві тра чер лип сер вер жов лис гру',
  'яну фев мар апр май юни юли авг сеп окт ное дек',
  'ιαν φεβ μαρ απρ μαΐ ιουν ιουλ αυγ σεπ οκτ νοε δεκ',
  'ιαν φεβ μάρ απρ μάι ιούν ιούλ αύγ σεπ οκτ νοέ δεκ',
];

const MONTHS: ReadonlyMap<string, number> = new Map(
  LOCALES.flatMap((names) =>
    names.split(' ').flatMap((name, month) => spellings(name).map((word) => [word, month] as const)),
  ),
);
const NUMBERED = /^(\d{1,2})[\u6708\uc6d4]$/;
/** `November`, `Sept.`: what is longer than the name begins as it does, so much of it at least. */
const LETTERS_MIN = 3;

/** @returns the month that a word names in some language, from 0 to 11; null for none. */
export function monthOf(word: string): number | null {
  const name = word.toLowerCase().replace(/\.$/, '');
  const number = Number(NUMBERED.exec(name)?.[1] ?? 0);
  if (number > 0) return number <= 12 ? number - 1 : null;
  for (let letters = name.length; letters >= LETTERS_MIN; letters--) {
    const month = MONTHS.get(name.slice(0, letters));
    if (month !== undefined) return month;
  }
  return MONTHS.get(name) ?? null;
}

/** Also as a file in Latin-1 shows: each letter that is not ASCII is one that cannot be read. */
function spellings(name: string): readonly string[] {
  const latin = name.replace(/[^a-z]/g, '\ufffd');
  return latin === name || !/[a-z].?[a-z]/.test(latin) ? [name] : [name, latin];
}
