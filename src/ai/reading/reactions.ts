/**
 * Reactions: a sign under a message, which mail programs and phones send as a message of its own. What somebody says with a
 * sign that thanks is thanks (E9); any other sign is a message that people look at.
 */
const GLAD =
  '👍👏🙏🙌👌🤝💪🤙✌👋🫶🫡🙇🤟❤🧡💛💚💙💜🤍🤎🖤💕💖💗💓💞💘💝♥❣😊🙂😀😃😄😁😆😂🤣😍🥰😘🤗🤩😇☺😌😎🥳😻😉😋🎉🎊✨⭐🌟💯✅✔🆗🌸🌹🌺🌻🌼🌷💐🏵🍀☀🌞🌈🎈🏆🥇🎁🍻🥂☕🚀';
const JOINS = String.raw`\u200D\uFE0F\u20E3\p{Emoji_Modifier}`;
/** Any of them, with the signs that only change their colour. */
export const GLAD_SIGN = new RegExp(`(?:[${GLAD}][${JOINS}]*|:-?[)D]|\\^\\^|<3)`, 'gu');
const SIGN = new RegExp(`(?:\\p{Extended_Pictographic}[${JOINS}]*)+`, 'u');
const MAX_LENGTH = 300;

/** "X reacted to your message: 👍", in the languages of those who send it. Where the words are named, they are ours. */
const REACTED =
  /^(?:\S+ ){0,8}(?:reacted (?:to|with|via)|(?:hat|haben) (?:\S+ ){0,6}reagiert|a réagi|reaccionó|ha reaccionado|reagiu|ha reagito|heeft (?:\S+ ){0,6}gereageerd|zareagował\S*|reagerade|reagerte|reagerede|отреагировал\S*)/iu;
const LIKED =
  /^(?:liked|loved|laughed at|gefällt|hat .{1,200} mit (?:„|")?gefällt mir|a aimé|le gustó|gostou de|ha messo .{0,20}mi piace|vond .{1,200} leuk|polubił\S*)\s?(?:an image|a photo|your message|[“"„«‘'])/iu;

/** Whether a message is nothing but a reaction that thanks: a glad sign, or a program's line about one. */
export function isGladReaction(text: string): boolean {
  const line = text.trim();
  if (line === '' || line.length > MAX_LENGTH) return false;
  if (LIKED.test(line)) return true;
  const signless = line.replaceAll(GLAD_SIGN, ' ');
  if (SIGN.test(signless)) return false;
  const signs = signless !== line;
  const words = signless.replaceAll(/[\s\p{P}\p{S}]+/gu, ' ').trim();
  return signs && (words === '' || REACTED.test(words));
}
