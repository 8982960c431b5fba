/**
 * The small words a statement turns on, by language and by what they do to it: deny, bound, order, condition, oblige, allow,
 * quantify. A sentence that says the same has the same kinds of them. Folded; `*` stands for any ending.
 */
const WORDS: Readonly<Record<string, string>> = {
  en: `not: not no never none nothing neither nor without nobody | min: at_least minimum min | max: at_most up_to maximum max no_more_than within | only: only solely exclusively
    just | before: before prior | after: after once since | except: unless except excluding excluded | if: if provided when whenever as_long_as in_case
    | must: must have_to has_to need_to needs_to required mandatory obliged | may: can may could able possible allowed | all: all every each any always | some: some most many few usually sometimes often
    | more: more over above exceed* longer higher | less: less under below fewer shorter lower`,
  de: `not: nicht kein* nie niemals nichts ohne weder niemand | min: mindestens minimum wenigstens | max: hochstens maximal* bis innerhalb binnen | only: nur ausschliesslich lediglich
    | before: vor bevor vorher | after: nach nachdem ab seit | except: ausser ausgenommen ausgeschlossen | if: wenn falls sofern solange sobald | must: muss* mussen erforderlich pflicht notwendig
    | may: konn* kann durf* darf moglich erlaubt | all: alle* jede* immer stets samtliche* | some: einige* manche* meist* oft manchmal | more: mehr uber langer hoher | less: weniger unter kurzer niedriger`,
  fr: `not: pas jamais aucun* rien sans ni personne non | min: au_moins minimum | max: au_plus jusqu* maximum maximal* sous | only: seulement uniquement exclusivement
    | before: avant | after: apres depuis | except: sauf hormis excepte* | if: si lorsque lorsqu quand | must: doit doivent devez devons obligatoire* requis* faut
    | may: peut peuvent pouvez pouvons possible* autorise* | all: tous toutes tout chaque toujours | some: certain* quelques parfois souvent plupart | more: plus dessus | less: moins dessous`,
  es: `not: no nunca jamas ningun* nada sin tampoco ni nadie | min: al_menos minimo | max: hasta maximo dentro | only: solo solamente unicamente exclusivamente
    | before: antes | after: despues tras desde | except: excepto salvo | if: si cuando siempre_que | must: debe* deben tiene_que hay_que obligatori* necesari*
    | may: puede* pueden podemos posible* permitid* | all: todo todos todas cada siempre cualquier* | some: algun* muchos pocos veces | more: mas superior* | less: menos inferior*`,
  pt: `not: nao nunca jamais nenhum* nada sem nem ninguem | min: pelo_menos minimo | max: ate maximo dentro | only: so somente apenas unicamente exclusivamente
    | before: antes | after: depois apos desde | except: exceto salvo | if: se quando caso | must: deve* devem tem_que obrigatori* necessari*
    | may: pode* podem podemos possivel permitid* | all: todo todos todas cada sempre qualquer | some: algun* algum* muitos poucos vezes | more: mais superior* acima | less: menos inferior* abaixo`,
  it: `not: non mai nessun* niente nulla senza ne | min: almeno minimo | max: massimo entro fino | only: solo soltanto solamente unicamente esclusivamente
    | before: prima | after: dopo | except: tranne eccetto salvo | if: se quando qualora | must: deve* devono obbligatori* necessari*
    | may: puo possono possiamo possibile | all: tutt* ogni sempre | some: alcun* qualche spesso | more: piu oltre superior* | less: meno inferior* sotto`,
  nl: `not: niet geen nooit niets zonder noch niemand | min: minstens minimaal minimum | max: hoogstens maximaal maximum binnen tot | only: alleen uitsluitend slechts
    | before: voor voordat | after: na nadat sinds | except: behalve tenzij uitgezonderd | if: als indien wanneer mits | must: moet* verplicht nodig
    | may: kan kunt kunnen mag mogen mogelijk | all: alle* elk* ieder* altijd | some: sommige* enkele meestal soms vaak | more: meer boven langer | less: minder onder korter`,
  pl: `not: nie nigdy zaden zadn* bez nic ani nikt | min: najmniej minimum | max: najwyzej maksymaln* do w_ciagu | only: tylko wylacznie jedynie
    | before: przed zanim | after: po od | except: oprocz wyjatkiem chyba | if: jesli jezeli gdy kiedy o_ile | must: musi* musza trzeba nalezy wymagan* konieczn*
    | may: mozna moze* moga mozliw* | all: wszystk* kazd* zawsze | some: niektor* czasem czesto | more: wiecej ponad dluzej | less: mniej ponizej krocej`,
};

const BY_LANGUAGE: ReadonlyMap<string, readonly { kind: string; pattern: RegExp }[]> = new Map(
  Object.entries(WORDS).map(([language, lines]) => [
    language,
    lines.split('|').map((line) => {
      const [kind = '', words = ''] = line.split(/:\s+/);
      const forms = words
        .trim()
        .split(/\s+/)
        .map((word) => word.replaceAll('_', ' ').replaceAll('*', String.raw`[\p{L}]*`));
      return { kind: kind.trim(), pattern: new RegExp(String.raw`(?<=^| )(?:${forms.join('|')})(?= |$)`, 'gu') };
    }),
  ]),
);

/** How often each kind stands in a statement's words; English where the language is none of the eight. */
function kindsOf(words: readonly string[], language: string | null): Map<string, number> {
  const text = words.join(' ');
  const known = BY_LANGUAGE.get(language ?? 'en') ?? BY_LANGUAGE.get('en') ?? [];
  return new Map(known.map(({ kind, pattern }) => [kind, text.match(pattern)?.length ?? 0]));
}

/** Whether two statements turn the same way: as many negations, and the same kinds of bounds and conditions. */
export function turnAlike(one: readonly string[], other: readonly string[], language: string | null): boolean {
  const kinds = kindsOf(other, language);
  return [...kindsOf(one, language)].every(([kind, count]) =>
    kind === 'not' ? count === kinds.get(kind) : count > 0 === (kinds.get(kind) ?? 0) > 0,
  );
}
