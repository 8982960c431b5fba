import { SentimentIntensityAnalyzer } from 'vader-sentiment';
import { sentences, visible } from '../reading/text.ts';

/**
 * How English text sounds by the VADER lexicon, read as tickets are meant: "please help" is no joy and "my zipper is broken"
 * no anger, while "do not buy this" is. -1 to 1; what lies within the lexicon's own threshold is neutral.
 */
const MAX_LENGTH = 4_000;
/** The threshold of the lexicon's authors. */
export const THRESHOLD = 0.05;

/** Judgements that the lexicon's single words miss. */
const PHRASES: [RegExp, string][] = [
  [
    /^dear [^,?!\n]{1,30}(?:,|$)|\b(?:best|kind|warm|kindest) (?:regards|wishes)\b|\bhope (?:you are|you're) (?:well|fine|doing well)\b/gim,
    'thing',
  ],
  [/\b(?:charged|billed|paid|debited) (?:twice|again|double)\b/gi, 'thing'],
  [/\bI'm at (?:the )?\p{Lu}.*$/gmu, 'thing'], // what a place is called says nothing
  [
    /\b(?:no|without(?: any)?|never(?: had)?(?: any| an?)?|zero|(?:haven't|have not|hasn't|hadn't|didn't|don't|not)(?: had| have)? (?:any|a single|a)) (?:\w+ ){0,2}?(?:problems?|issues?|complaints?|trouble|regrets?)\b/gi,
    'good',
  ],
  [
    /\b(?:do not|don't|dont|never|would not|wouldn't|not) (?:ever |again |even )?(?:buy|purchase|recommend|bother)\b/gi,
    'bad',
  ],
  [
    /\b(?:does not|doesn't|doesnt|did not|didn't|won't|will not|would not|wouldn't|never|neither|stopped|quit|not) (?:\w+ )?(?:work|works|working|play|plays|function|respond|close|open|load|start|charge)\b/gi,
    'bad',
  ],
  [
    /\b(?:piece of (?:junk|crap)|junk|paperweight|waste of (?:time|money)|rip-?off|sent it back|took it back|look elsewhere|unresponsive|nonresponsive|overpriced|unreliable)\b/gi,
    'terrible',
  ],
  [/\b(?:not happy|not good|not fun)\b|(?<=^|\s)D:(?=\s|$)/gi, 'bad'],
  [
    /\b(?:drag and drop|point and shoot|gift cards?|(?:tech|technical|customer) (?:support|service|care)|credit (?:card|note)s?)\b/gi,
    'thing',
  ],
];
/** A sentence that wants something of a desk. */
const ASKS =
  /\b(?:please (?:help|advise|let|send|tell|confirm|check|can|could|cancel|find|see|refund|call|fix|note|change|update|provide)|can you|could you|would you|(?:how|where|when|what|which|can|could|may|should) (?:do |can |should |would |could |does )?(?:i|we) \w+|i(?:'d| would) like to|i need|i want (?:to|my)|i have (?:an?|the|some) (?:\w+ )?(?:problem|issue|question|error)|let me know|looking forward|in advance|hope (?:you are|this finds|to hear)|do you (?:have|offer|sell|ship|deliver|accept|provide))\b/i;
/** One that tells what is the matter with something of theirs. */
const REPORTS =
  /\b(?:my|our) (?:[\w-]+ ){0,2}(?:orders?|parcel|package|delivery|shipment|invoice|account|password|login|subscription|refund|return|card|payment|booking|reservation|flight|ticket|item)\b|\bthe (?:parcel|package|delivery|shipment|invoice|payment)\b|\bmy (?:[\w-]+ ){1,3}(?:is|are|was|were|has|got|arrived|came) (?:\w+ )?(?:broken|damaged|missing|lost|wrong|late|stuck|faulty|defective|torn)\b/i;
/** Politeness, and what is simply so: neither says how the customer feels. */
const POLITE =
  /\b(?:please|help(?:ed)?|hop(?:e|es|ing)|(?:would|'d) like|like to|want|dear(?= [\w ]{1,30},)|thanks? in advance|support|interested|share|credit|free|gift|value|regards|greetings)\b/gi;
const FACTS =
  /\b(?:broken?|problems?|issues?|wrong|lost|missing|errors?|damaged?|cancel(?:led|ed|ing|s|lation)?|late|delay(?:ed)?|fail(?:s|ed|ing|ure)?|faulty|defect(?:ive)?|stuck|block(?:ed)?|stop(?:ped)?|stolen|debit|charge[ds]?|forgot(?:ten)?|expired?|denied|declined|rejected|refused|invalid|crash(?:es|ed)?|dispute|torn|no (?=access|e-?mail|confirmation|invoice|option|longer|number|order|code|idea|reply|tracking|update))\b/gi;

/** The lexicon's compound for a text that is read this way. */
export function polarityOf(text: string): number {
  const shown = visible(text.slice(0, MAX_LENGTH)).replace(/[‘’]/g, "'");
  const read = PHRASES.reduce((rest, [phrase, meant]) => rest.replace(phrase, meant), shown);
  const calm = sentences(read).reduce((rest, sentence) => rest.replace(sentence, () => calmed(sentence)), read);
  return SentimentIntensityAnalyzer.polarity_scores(calm).compound;
}

function calmed(sentence: string): string {
  const asks = ASKS.test(sentence);
  if (!asks && !REPORTS.test(sentence)) return sentence;
  const factual = sentence.replace(FACTS, 'thing');
  return asks ? factual.replace(POLITE, 'thing') : factual;
}
