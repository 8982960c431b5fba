import { folded } from '../reading/text.ts';

/**
 * Words that say nothing about the subject of a question, in English, German, French, Spanish and Portuguese: politeness,
 * question phrases, and the everyday words that PostgreSQL's stop word lists leave in. A knowledge that lacks "possible"
 * lacks nothing. Folded: lower case, no accents.
 */
const FILLERS = new Set(
  `hi hello hey dear please pls plz thank thanks regards would could should may might must like want wanna wanted need know
  tell let get got gets getting gotten much many cannot can't also just actually wondering wonder possible possibly question
  questions help someone anyone somebody anybody hallo bitte danke u ur im ive id dont cant wont doesnt didnt isnt theres
  still already really normally usually maybe perhaps ever anyway quite rather however though although since because cause
  today yesterday tomorrow tonight evening morning last first next ago soon later now currently moment time
  few lot lots several thing things something anything nothing everything stuff matter case
  happen happens happened mean means meant way ways make made makes take takes took taken give gives given gave
  look looking looked see seen say says said go goes going gone come comes came put keep try tried ask asked asking
  guess think believe hope wish prefer sure able unable right ok okay good great nice fine best better bad well
  oops sorry hmm etc too even yet per via without within instead exactly precisely simply easily quickly
  one two three our us we're i'm i'd i've i'll it's that's there's what's whats how's where's don't doesn't didn't won't
  isn't aren't wasn't haven't hasn't hadn't couldn't wouldn't shouldn't anymore whether allowed
  mochte moechte wurde wuerde konnte koennte gern gerne wissen sagen mal brauche frage fragen hatte haette wollte mussen muss
  geht gehen gibt gebe geben kommt kommen bekomme bekommen macht machen tun lassen lasst funktioniert moglich hilfe jetzt
  heute gestern morgen bald schon noch immer eigentlich vielleicht leider einfach genau ganz sehr viel viele
  mehr neue neuen neuer gut guten tag abend was wie wo wann warum welche welcher welches ab seit obwohl weil damit
  bonjour bonsoir salut svp stp plait merci voudrais aimerais pourriez pouvez souhaite savoir puis peux peut besoin question
  faut faire fait dois doit combien comment quand quel quelle quels quelles est-ce y a-t-il possible maintenant encore deja
  aussi tres bien cela ca chose choses
  hola quiero quisiera puedo puede pueden podria podeis favor gracias saber necesito gustaria pregunta cuanto cuanta cuantos
  cuando como donde que hay hace hacer hago tengo tiene tener ahora todavia ya muy bien cosa cosas hasta
  ola quero queria gostaria posso pode podem poderia obrigado obrigada saber preciso pergunta duvida quanto quanta quantos
  quando como onde qual quais fazer faco tenho tem ter agora ainda ja muito bem coisa coisas boa tarde dia noite bom`.split(
    /\s+/,
  ),
);

/** The text without such words, their marks left where they were. */
export function withoutFillers(text: string): string {
  return text
    .replace(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu, (word) => (FILLERS.has(folded(word)) ? '' : word))
    .replace(/\s+/g, ' ');
}
