/** What a model might write about the demo's articles: the same in other words, and a small lie beside it. */
export const WORDINGS: readonly { article: string; faithful: string; false: string }[] = [
  {
    article: 'returns.md',
    faithful:
      'You have 30 days from delivery to send an item back, provided it is unused and the tags are still on it.',
    false: 'You have 30 days from delivery to send an item back, even if it has been used.',
  },
  {
    article: 'returns.md',
    faithful: 'Returning it within the EU costs you nothing, because the return label is free there.',
    false: 'Returning it costs you nothing, because the return label is free worldwide.',
  },
  {
    article: 'returns.md',
    faithful: 'Your money will be back within five working days of the parcel reaching our warehouse.',
    false: 'Your money will be back within five working days of you sending the parcel.',
  },
  {
    article: 'returns.md',
    faithful: 'Please note that we do not refund the shipping costs of the first delivery.',
    false: 'We also refund the shipping costs of the first delivery.',
  },
  {
    article: 'returns.md',
    faithful: 'For another size, please return the item and order the new size.',
    false: 'For another size, we send you the new size at once.',
  },
  {
    article: 'shipping.md',
    faithful: 'Standard delivery within Germany and Austria takes 2–4 working days.',
    false: 'Standard delivery within Germany and Austria takes 4 to 7 working days.',
  },
  {
    article: 'shipping.md',
    faithful: 'Express shipping takes one working day, but only within Germany.',
    false: 'Express shipping takes one working day, also to Austria.',
  },
  {
    article: 'shipping.md',
    faithful: 'If you order before 14:00, your order leaves our warehouse the same day.',
    false: 'If you order after 14:00, your order leaves our warehouse the same day.',
  },
  {
    article: 'shipping.md',
    faithful: 'Unfortunately we do not deliver to Switzerland or the United Kingdom yet.',
    false: 'We do deliver to Switzerland and the United Kingdom.',
  },
  {
    article: 'shipping.md',
    faithful: 'You receive an e-mail with a tracking link once your parcel has left our warehouse.',
    false: 'You receive an e-mail with a tracking link once you have paid.',
  },
  {
    article: 'shipping.md',
    faithful: 'We ship to every country in the European Union.',
    false: 'We ship to every country in the world.',
  },
  {
    article: 'warranty.md',
    faithful: 'The warranty on all our products is five years and covers faults in material and workmanship.',
    false: 'The warranty on all our products is ten years and covers faults in material and workmanship.',
  },
  {
    article: 'warranty.md',
    faithful: 'The warranty does not cover normal wear or damage caused by improper use.',
    false: 'The warranty covers normal wear, too.',
  },
  {
    article: 'warranty.md',
    faithful: 'Please send us photos of the damage and of the label, and your order number.',
    false: 'Please send us the product; photos are not needed.',
  },
  {
    article: 'warranty.md',
    faithful: 'Replacing a zipper costs 39 EUR and a patch is 15 EUR.',
    false: 'Replacing a zipper costs 15 EUR and a patch is 39 EUR.',
  },
  {
    article: 'gift-cards.md',
    faithful: 'Your gift card is valid for three years, counted from the end of the year you bought it.',
    false: 'Your gift card is valid for three years, counted from the day you bought it.',
  },
  {
    article: 'gift-cards.md',
    faithful: 'A gift card can’t be paid out in cash.',
    false: 'A gift card can be paid out in cash.',
  },
  {
    article: 'gift-cards.md',
    faithful: 'Whatever is left on the card stays there for your next order.',
    false: 'Whatever is left on the card expires after your order.',
  },
  {
    article: 'cancel-order.md',
    faithful: 'Cancelling is free of charge until your order is handed over to the carrier.',
    false: 'Cancelling is free of charge after your order is handed over to the carrier.',
  },
  {
    article: 'cancel-order.md',
    faithful: 'After the order has left our warehouse, it cannot be cancelled any more.',
    false: 'After the order has left our warehouse, it can still be cancelled.',
  },
  {
    article: 'password.md',
    faithful: 'The link in the e-mail is valid for one hour.',
    false: 'The link in the e-mail is valid for one day.',
  },
  {
    article: 'de/rueckgabe.md',
    faithful: 'Die Rückgabe ist innerhalb von 30 Tagen nach der Lieferung möglich, wenn der Artikel unbenutzt ist.',
    false: 'Die Rückgabe ist innerhalb von 30 Tagen nach der Lieferung möglich, auch wenn der Artikel benutzt ist.',
  },
  {
    article: 'de/rueckgabe.md',
    faithful: 'Das Rücksendeetikett ist innerhalb der EU kostenlos.',
    false: 'Das Rücksendeetikett ist außerhalb der EU kostenlos.',
  },
  {
    article: 'de/rueckgabe.md',
    faithful:
      'Sie bekommen den Kaufpreis binnen fünf Werktagen, nachdem die Rücksendung bei uns im Lager angekommen ist.',
    false: 'Sie bekommen den Kaufpreis binnen fünf Werktagen, bevor die Rücksendung bei uns im Lager angekommen ist.',
  },
  {
    article: 'de/versand.md',
    faithful: 'Der Expressversand ist nur innerhalb Deutschlands möglich und dauert einen Werktag.',
    false: 'Der Expressversand ist nicht innerhalb Deutschlands möglich und dauert einen Werktag.',
  },
  {
    article: 'de/versand.md',
    faithful: 'Nach Österreich kostet der Versand 6,90 €, ab 90 € ist er kostenlos.',
    false: 'Nach Österreich kostet der Versand 90 €, ab 6,90 € ist er kostenlos.',
  },
  {
    article: 'de/versand.md',
    faithful: 'Wenn Sie bis 14:00 Uhr bestellen, verlässt die Bestellung unser Lager noch am selben Tag.',
    false: 'Wenn Sie ab 14:00 Uhr bestellen, verlässt die Bestellung unser Lager noch am selben Tag.',
  },
];
