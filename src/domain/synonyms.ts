/**
 * Words of customer service that customers and articles use for the same thing, by PostgreSQL's name of the language. Each
 * line is a group. They are compared by their stems; a question's word stands for the others of its group as well.
 */
const GROUPS: Readonly<Record<string, string>> = {
  english: `
    refund reimburse reimbursement
    cancel quit terminate unsubscribe
    pause freeze suspend hold
    skip omit
    delivery shipping shipment ship deliver dispatch arrive
    parcel package box
    tracking track trace
    invoice bill receipt
    pay payment
        price cost fee charge
    password passcode
    login signin signon
    email mail
    phone mobile smartphone cellphone
    warranty guarantee
    repair fix mend
    broken defective faulty damaged crushed
    missing incomplete
    discount promo promotion coupon voucher
    gift present
    change modify edit update switch swap
    replace replacement exchange
    address
    delete remove erase
    data gdpr
    holiday vacation
    connect pair pairing
    size sizing
    invalid refused rejected declined
    buy purchase
    shop store
    clean wash rinse
    decline refuse reject fail`,
  german: `
    erstattung rückerstattung geld erstatten
    rückgabe retoure rücksendung zurückgeben zurückschicken umtausch
    lieferung versand lieferzeit zustellung liefern versenden
    paket sendung päckchen
    kündigen kündigung abbestellen beenden stornieren
    pausieren aussetzen unterbrechen
    überspringen auslassen
    kosten preis gebühr
    rechnung beleg
    bezahlen zahlung zahlen
    passwort kennwort
    anmelden einloggen login
    email mail
    abo abonnement
    garantie gewährleistung
    reparatur reparieren
    kaputt defekt beschädigt
    gutschein rabattcode rabatt
    geschenk schenken
    ändern wechseln
    adresse anschrift
    löschen entfernen
    konto kundenkonto account
    maschine kaffeemaschine gerät`,
  french: `
    remboursement rembourser argent
    retour retourner renvoyer
    livraison livrer expédition envoi expédier
    colis paquet
    résilier annuler arrêter résiliation
    frais prix coût port
    facture reçu
    payer paiement
    connexion connecter
    email mail courriel
    garantie
    réparation réparer
    cassé panne défectueux
    changer modifier
    supprimer effacer
    compte profil`,
  spanish: `
    reembolso devolución dinero
    devolver devolución
    envío entrega enviar entregar
    paquete pedido
    cancelar anular baja dejar
    gastos coste precio costo
    factura recibo
    pagar pago
    contraseña clave
    correo email
    garantía
    reparar reparación
    roto averiado
    cambiar modificar
    borrar eliminar
    cuenta perfil`,
  portuguese: `
    reembolso devolução dinheiro
    devolver devolução
    entrega envio entregar enviar
    encomenda pedido pacote
    cancelar anular
    portes custo preço frete
    fatura recibo
    pagar pagamento
    senha password
    correio email
    garantia
    reparar reparação
    avariado estragado
    alterar mudar trocar
    apagar eliminar
    conta perfil`,
};

/** Two words that say what one says; the one is what the table knows. */
const PHRASES: readonly [RegExp, string][] = [
  [/\b(?:my |the )?money(?: is| will be)? back\b/giu, 'refund'],
  [/\b(?:send|give|bring)(?:ing)?(?: it| them| this| that)? back\b/giu, 'return'],
  [/\btake(?: it| them| this| that)? back\b/giu, 'return'],
  [/\bleave out\b/giu, 'skip'],
  [/\bgeld(?: wieder)? zurück\b/giu, 'erstattung'],
  [/\bpalavra[- ]passe\b/giu, 'senha'],
];

/** The text with such phrases as one word each. */
export function rephrased(text: string): string {
  return PHRASES.reduce((said, [phrase, word]) => said.replace(phrase, word), text);
}

const TABLE: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  Object.entries(GROUPS).map(([language, lines]) => [
    language,
    lines
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/)),
  ]),
);
const MIN_STEM = 4;
const MAX_ENDING = 3;
/** Longer endings that make no other word: "shipping", "shipment", "cancellation", "Zahlungen". */
const LONG = /^(?:[bdglmnprt](?:ing|ings|ation|ations)|ments?|ations?|ungen)$/;

/** What else says the same as a word (in lower case), in this language; empty when nothing is known. */
export function synonymsOf(language: string, word: string): string[] {
  const groups = (TABLE.get(language) ?? []).filter((group) => group.some((one) => sameStem(one, word)));
  return [...new Set(groups.flat())].filter((other) => !sameStem(other, word));
}

/** "return" and "returned", "Rechnung" and "Rechnungen": the same word, or a common beginning and usual endings. */
export function sameStem(one: string, other: string): boolean {
  if (one === other) return true;
  let common = 0;
  while (common < one.length && common < other.length && one[common] === other[common]) common += 1;
  if (common < MIN_STEM) return false;
  const endings = [one.slice(common), other.slice(common)];
  return (
    endings.every(({ length }) => length <= MAX_ENDING) ||
    (endings.includes('') && endings.some((ending) => LONG.test(ending)))
  );
}
