import { isCardNumber } from './card-number.ts';
import { folded, visible } from '../reading/text.ts';

/** What always goes to people, whatever the settings say (H6). */
export type SafetyTopic = 'self_harm' | 'threat' | 'legal_action' | 'payment_card' | 'account_takeover';

/**
 * Phrases in English, German, French, Spanish and Portuguese, matched against folded text: lower case, no accents. They
 * lean towards people: a needless handoff costs a minute, a missed one can cost far more.
 */
const PHRASES: readonly { topic: SafetyTopic; sources: readonly string[] }[] = [
  {
    topic: 'self_harm',
    sources: [
      String.raw`(?:kill|hurt|harm|cut)(?:ing)? myself|suicid(?:e|al)`,
      String.raw`end (?:my|it all|my own) ?(?:life)?(?=\s*[.!,]|$)|end my life|take my (?:own )?life|want to die`,
      String.raw`don'?t want to live|no reason to live|better off dead|self[- ]harm`,
      String.raw`bringe? mich um|mich um(?:zu)?bringen|selbstmord|suizid\w*|mir das leben nehmen|nicht mehr leben`,
      String.raw`will sterben|mir etwas antun|mich (?:ritzen|verletzen)`,
      String.raw`me suicider|suicide|me tuer|en finir avec la vie|mettre fin a mes jours|(?:envie|veux) de? ?mourir`,
      String.raw`ne veux plus vivre|me faire du mal`,
      String.raw`suicid\w+|quitarme la vida|matarme|quiero morir(?:me)?|no quiero vivir|hacerme dano`,
      String.raw`acabar con mi vida`,
      String.raw`suicid\w+|me matar|tirar a minha vida|tirar minha vida|quero morrer|nao quero (?:mais )?viver`,
      String.raw`acabar com a minha vida`,
    ],
  },
  {
    topic: 'threat',
    sources: [
      String.raw`(?:i(?:'ll| will| am going to|'m going to|'m gonna)|we(?:'ll| will)) (?:kill|hurt|shoot|stab|beat|find|destroy|come for|get) (?:you|u|all of you|your (?:family|staff|people))(?! (?:a|an|the|back|another|in|on|out|something|some)\b)`,
      String.raw`bomb threat|(?:plant|have|put) a bomb|burn (?:down )?your|i know where you (?:live|work)`,
      String.raw`watch your back|you(?:'ll| will) (?:regret|pay for) th(?:is|at)|death threat`,
      String.raw`ich (?:bringe|mache|steche|schlage|knalle) (?:sie|dich|euch) (?:um|fertig|ab|zusammen|nieder)`,
      String.raw`bombendrohung|bombe (?:legen|gelegt|zunden)|ich weiss,? wo (?:sie|du|ihr) (?:wohn\w+|arbeite\w+)`,
      String.raw`das werden sie (?:noch )?bereuen|(?:abfackeln|niederbrennen)`,
      String.raw`je vais (?:vous|te) (?:tuer|frapper|retrouver|faire payer|detruire)|alerte a la bombe`,
      String.raw`je sais ou (?:vous|tu) (?:habit\w+|travaill\w+)|vous allez le (?:regretter|payer)`,
      String.raw`(?:los|te|les|lo) voy a (?:matar|encontrar|golpear|destruir)|amenaza de bomba`,
      String.raw`se donde (?:vives|viven|trabaja\w*)|(?:se van a arrepentir|me las van a pagar)`,
      String.raw`vou (?:matar|encontrar|bater em|destruir) (?:voces?|vos)|vou te (?:matar|bater|encontrar)`,
      String.raw`ameaca de bomba|sei onde (?:voces?|tu) (?:mora\w*|trabalha\w*)`,
      String.raw`(?:vao se arrepender|vao pagar por isso)`,
    ],
  },
  {
    topic: 'legal_action',
    sources: [
      String.raw`(?:my|a|our|an|the) (?:lawyers?|attorneys?|solicitors?)|lawyer up`,
      String.raw`legal (?:action|steps|proceedings|notice|department)|law ?suit`,
      String.raw`(?:i(?:'ll| will)|going to|we(?:'ll| will)|gonna) sue|sue (?:you|your)|suing`,
      String.raw`(?:take|see) you (?:to|in) court|go to court|small claims|court order|trading standards`,
      String.raw`consumer protection|class action|press charges`,
      String.raw`file (?:a )?(?:police )?(?:report|complaint) (?:with|against|at)`,
      String.raw`(?:rechts)?anw(?:a|ae)lt(?:e|in|s)?|rechtliche schritte|rechtsweg|rechtsschutz`,
      String.raw`(?:ver)?klage (?:einreichen|erheben)|verklag\w+|einklagen|vor gericht|amtsgericht|gerichtlich\w*`,
      String.raw`strafanzeige|anzeige (?:erstatten|bei der polizei)|verbraucherzentrale|verbraucherschutz`,
      String.raw`mahnbescheid|abmahnung`,
      String.raw`(?:mon|un|notre|une|l')(?: )?avocate?|action en justice|poursuites (?:judiciaires|legales)`,
      String.raw`porter(?:ai)? plainte|porte plainte|tribunal|mise en demeure|huissier`,
      String.raw`(?:vous )?poursuivre en justice|dgccrf|ufc[- ]que choisir`,
      String.raw`(?:mi|un|nuestro|una|mis) abogad[oa]s?|acciones legales`,
      String.raw`demanda(?:r|re|remos)(?:los|les|)? (?:a la empresa|judicial|legal|ante)|voy a demandar\w*`,
      String.raw`los (?:voy a )?demandar\w*|denunci(?:ar|are|a) (?:ante|a la|en)|voy a denunciar\w*|juzgado`,
      String.raw`tribunal(?:es)?|oficina del consumidor|profeco|hoja de reclamaciones`,
      String.raw`(?:meu|um|nosso|uma|minha) advogad[oa]|acao (?:judicial|legal)|medidas? (?:judiciais|legais)`,
      String.raw`vou (?:vos |os |te )?processar|processar (?:voces|a empresa|a loja|vos)|procon|tribunal`,
      String.raw`livro de reclamacoes|entrar na justica|queixa[- ]crime|deco proteste`,
    ],
  },
  {
    topic: 'account_takeover',
    sources: [
      String.raw`(?:account|profile|e-?mail) (?:was|has been|got|is|been|may have been|might be|seems|might have been) (?:hacked|compromised|stolen|hijacked|taken over|breached)`,
      String.raw`(?:hacked|hijacked|broke into|broken into) my (?:account|profile)|been hacked|hack(?:er|ed)\b`,
      String.raw`(?:someone|somebody|a stranger|another person) (?:else )?(?:has |is |was |have |must have )?(?:\w+ )?(?:logged? ?in(?:to)?|logging in(?:to)?|access(?:ed|ing)?|us(?:ed|ing)|chang(?:ed|ing)|stole|has|ordered|order(?:ed|ing)|got into|took over) (?:\w+ )?(?:to |into |with |from |on |in )?my (?:account|password|e-?mail|address|card|name)`,
      String.raw`unauthori[sz]ed (?:access|log-?in|orders?|charges?|purchases?|transactions?|payments?|changes?)`,
      String.raw`(?:did not|didn'?t|never) (?:make|place|authori[sz]e|order|request|change) (?:this|that|these|any|the) (?:order|purchase|payment|charge|transaction|change|password|reset)`,
      String.raw`identity theft|stolen (?:credit |debit )?card|phishing`,
      String.raw`(?:fraudulent|suspicious) (?:charge|order|activity|transaction|purchase|log-?in|access)`,
      String.raw`konto (?:wurde|ist|worden) (?:\w+ )?(?:gehackt|geknackt|ubernommen|kompromittiert|missbraucht)`,
      String.raw`gehackt|hacker`,
      String.raw`(?:jemand|ein fremder) (?:anders |anderes |anderer |fremdes )?(?:hat|ist|nutzt|bestellt|benutzt) (?:sich )?(?:\w+ ){0,4}(?:mein(?:em|en|e|er)?) (?:\w+ )?(?:konto|account|namen|passwort|karte|daten)`,
      String.raw`unbefugt\w*|nicht autorisiert\w*|nie (?:bestellt|veranlasst)|identitatsdiebstahl|phishing`,
      String.raw`gestohlene (?:karte|kreditkarte)|verdachtige (?:aktivitat\w*|anmeldung|bestellung)`,
      String.raw`compte (?:a ete |est |s'est fait )(?:pirater?|hacker?|voler?|compromis|usurper?)`,
      String.raw`(?:me suis|m'a) (?:fait )?pirater?`,
      String.raw`quelqu'un (?:d'autre )?(?:s'est connecte|utilise|a utilise|a acces|a commande|a change|a modifie) (?:\w+ ){0,3}(?:mon|ma) (?:compte|mot de passe|carte|nom)`,
      String.raw`acces non autorise`,
      String.raw`(?:commande|achat|paiement|debit|transaction)s? (?:non autorisee?s?|frauduleu(?:x|se)s?)`,
      String.raw`je n'ai (?:jamais |pas )(?:passe|fait|effectue) cett?e (?:commande|achat|paiement)`,
      String.raw`usurpation d'identite|hameconnage|phishing|carte volee`,
      String.raw`(?:han |me )?(?:hackea\w*|jaquea\w*|hackeo)`,
      String.raw`cuenta (?:ha sido|fue|esta) (?:robada|hackeada|comprometida|vulnerada)`,
      String.raw`alguien (?:mas )?(?:ha |esta )?(?:entro|entrado|accedio|accedido|uso|usado|usando|cambio|cambiado|compro|comprado) (?:\w+ ){0,3}(?:mi|mis) (?:cuenta|contrasena|tarjeta|nombre|datos)`,
      String.raw`(?:acceso|compra|cargo|pedido|pago|transaccion)s? no autorizad[oa]s?`,
      String.raw`no (?:hice|realice|autorice) (?:este|esta|ese|esa) (?:pedido|compra|pago|cargo)|robo de identidad`,
      String.raw`suplantacion|phishing|tarjeta robada`,
      String.raw`(?:fui |foi )?hackead[oa]|invadi(?:ram|u|da) (?:a )?minha conta`,
      String.raw`conta (?:foi|esta) (?:hackeada|invadida|roubada|comprometida)`,
      String.raw`alguem (?:mais )?(?:entrou|acessou|acedeu|usou|esta usando|esta a usar|mudou|trocou|comprou) (?:\w+ ){0,3}(?:minha|meu) (?:conta|senha|palavra-passe|cartao|nome)`,
      String.raw`(?:acesso|compra|cobranca|pedido|pagamento|transacao) nao autorizad[oa]`,
      String.raw`nao (?:fiz|autorizei|realizei) (?:este|esta|essa|esse) (?:pedido|compra|pagamento|encomenda)`,
      String.raw`roubo de identidade|phishing|cartao roubado`,
    ],
  },
];

const PATTERNS = PHRASES.map(({ topic, sources }) => ({
  topic,
  pattern: new RegExp(String.raw`(?<![\w'])(?:${sources.join('|')})(?![\w])`),
}));

/** 13 to 19 digits as people write them: in one, or in groups with spaces or dashes. */
const CARD_LIKE = /(?<![\p{L}\p{N}])[2-6](?:[ -]?\d){12,18}(?![\p{L}\p{N}])/gu;
const MAX_LENGTH = 100_000;

/** The first safety topic found in these texts; null when there is none. */
export function safetyTopicOf(texts: readonly string[]): SafetyTopic | null {
  for (const text of texts) {
    const cut = text.slice(0, MAX_LENGTH);
    const plain = folded(cut);
    const phrase = PATTERNS.find(({ pattern }) => pattern.test(plain));
    if (phrase !== undefined) return phrase.topic;
    if (holdsCardNumber(cut)) return 'payment_card';
  }
  return null;
}

/** Whether the text holds a number that a payment card could have: its length, its first digit, its check digit (Luhn). */
export function holdsCardNumber(text: string): boolean {
  const numbers = (visible(text).match(CARD_LIKE) ?? []).map((number) => number.replace(/\D/g, ''));
  // The expiry date or the security code may follow directly: the usual lengths are tried as well.
  return numbers.some((digits) =>
    [digits, digits.slice(0, 16), ...(/^3[47]/.test(digits) ? [digits.slice(0, 15)] : [])].some(isCardNumber),
  );
}
